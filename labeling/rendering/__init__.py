"""Text of models and strangers made into safe HTML (pure: no Django).

`render_markdown` turns one text into sanitised HTML, `render_message` wraps one message of a
conversation with its role, `render_conversation` a whole prompt, `render_response` a response with
its turns; `written_conversation` is the same as plain text. The result depends on nothing but
the text, so it is rendered once and stored together with `RENDERER_VERSION`; a higher version means
that stored HTML should be rendered again.
"""

from __future__ import annotations

from labeling.rendering.conversation import (
    render_conversation,
    render_message,
    render_response,
    role_label,
    written_conversation,
)
from labeling.rendering.invisible import escape_visibly
from labeling.rendering.markdown import MAX_RICH_BYTES, render_markdown

#: Raise whenever the same text would give other HTML, so that stored HTML is rendered anew.
RENDERER_VERSION: int = 3

__all__ = [
    "MAX_RICH_BYTES",
    "RENDERER_VERSION",
    "escape_visibly",
    "render_conversation",
    "render_markdown",
    "render_message",
    "render_response",
    "role_label",
    "written_conversation",
]
