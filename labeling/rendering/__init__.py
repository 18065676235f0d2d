"""Text of models and strangers made into safe HTML (pure: no Django).

`render_markdown` turns one text into sanitised HTML, `render_conversation` a whole prompt,
`render_response` a response with its turns: each within a budget of time and memory, whatever the
text holds (`labeling.rendering.budget`). `render_unformatted` shows a text as it is,
`written_conversation` is a conversation as plain text. The result depends on nothing but the text,
so it is rendered once and stored together with `RENDERER_VERSION`; a higher version means that
stored HTML should be rendered again.
"""

from __future__ import annotations

from labeling.bounded import NotNow
from labeling.rendering.budget import render_conversation, render_markdown, render_response
from labeling.rendering.conversation import (
    formatted_conversation,
    formatted_response,
    role_label,
    written_conversation,
    written_parts,
)
from labeling.rendering.difference import (
    count_words,
    difference_html,
    is_same_but_spaces,
    normalised_distance,
    own_words,
)
from labeling.rendering.invisible import MAX_SHORT_CHARS, escape_visibly, escaped_part
from labeling.rendering.lengths import text_lengths
from labeling.rendering.markdown import MAX_HTML_CHARS, MAX_RICH_BYTES, render_unformatted
from labeling.rendering.painted import PaintedPart, painted

#: Raise whenever the same text would give other HTML, so that stored HTML is rendered anew.
RENDERER_VERSION: int = 3

__all__ = [
    "MAX_HTML_CHARS",
    "MAX_RICH_BYTES",
    "MAX_SHORT_CHARS",
    "RENDERER_VERSION",
    "NotNow",
    "PaintedPart",
    "count_words",
    "difference_html",
    "escape_visibly",
    "escaped_part",
    "formatted_conversation",
    "formatted_response",
    "is_same_but_spaces",
    "normalised_distance",
    "own_words",
    "painted",
    "render_conversation",
    "render_markdown",
    "render_response",
    "render_unformatted",
    "role_label",
    "text_lengths",
    "written_conversation",
    "written_parts",
]
