"""The HTML of a task that shows texts and nothing else: what all such tasks share is made once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from labeling.kinds import kind_of
from labeling.rating.desk import TaskView
from labeling.rating.raw import length_words, raw_messages, raw_response
from labeling.rating.shown import Text, safe_html
from projects.scales import RANKING

#: Stands around the numbers of what differs from task to task; no stored text holds a NUL.
_MARK = "\x00"
#: What stands before the responses: the assignment, the prompt, the prompt as it was written.
_N_BEFORE = 3
#: What each response has: its length, its text, its text as it was written.
_N_EACH = 3


class _Side(NamedTuple):
    name: str
    is_empty: bool
    has_raw: bool


class _Shape(NamedTuple):
    """All that the page of such a task depends on, but for its texts."""

    page_language: str | None
    asked_as: str
    layout: str
    language: str
    turns: int
    has_raw: bool
    sides: tuple[_Side, ...]


def is_plain(view: TaskView) -> bool:
    """Whether a task shows its texts alone: no pictures, no place in a conversation, no text that
    is written, and nothing that is asked beside a response."""
    if view.writing is not None or view.place is not None or view.has_pictures:
        return False
    scales = [criterion.scale for criterion in view.criteria]
    return not any(scale.family == RANKING or scale.per == "response" for scale in scales)


def plain_task(view: TaskView, layout: str) -> SafeString:
    """What the template makes of a plain task whose responses stand in this layout."""
    prompt_raw = raw_messages(view.messages)
    texts = [str(view.assignment_id), view.prompt_html, prompt_raw]
    sides = []
    for response in view.responses:
        raw = raw_response(response.content, response.messages)
        is_empty = not response.messages and not response.content.strip()
        sides.append(_Side(response.name, is_empty, bool(raw)))
        texts += (escape(length_words(response.content, response.messages)), response.html, raw)
    shape = _Shape(
        page_language=get_language(),
        asked_as=view.asked_as,
        layout=layout,
        language=view.language,
        turns=len(view.messages),
        has_raw=bool(prompt_raw),
        sides=tuple(sides),
    )
    html = "".join([texts[part] if isinstance(part, int) else part for part in _parts(shape)])
    return safe_html(html)


@lru_cache(maxsize=256)
def _parts(shape: _Shape) -> list[str | int]:
    """The HTML of such tasks, with numbers in the places of what differs."""
    context = {
        "assignment_id": _marked(0),
        "title": gettext(kind_of(shape.asked_as).title),
        "layout": shape.layout,
        "language": shape.language,
        "turns": shape.turns,
        "prompt": Text(gettext("Prompt"), _marked(1), _marked(2, shown=shape.has_raw), False),
        "sides": [_side(shape.sides, index) for index in range(len(shape.sides))],
    }
    parts = render_to_string("labeling/rating/rate_task.html", context).split(_MARK)
    return [int(part) if place % 2 else part for place, part in enumerate(parts)]


def _side(sides: tuple[_Side, ...], index: int) -> Text:
    first = _N_BEFORE + _N_EACH * index
    side = sides[index]
    return Text(
        title=side.name,
        html=_marked(first + 1),
        raw=_marked(first + 2, shown=side.has_raw),
        empty=side.is_empty,
        head=head_html([each.name for each in sides], index, _marked(first)),
    )


def _marked(number: int, *, shown: bool = True) -> SafeString:
    return safe_html(f"{_MARK}{number}{_MARK}" if shown else "")


def head_html(names: Sequence[str], index: int, words: str) -> SafeString:
    """What stands over a response; it leads to the one after it, the last to the first."""
    following = names[(index + 1) % len(names)]
    html = _head(get_language(), index + 1, len(names), names[index], following)
    return safe_html(html.replace(_MARK, escape(words), 1))


@lru_cache(maxsize=512)
def _head(_language: str | None, place: int, count: int, title: str, following: str) -> str:
    """The same over every task but for the words, and a fifth of what it costs to show one."""
    context = {"place": place, "count": count, "title": title, "following": following}
    return render_to_string("labeling/rating/kinds/_head.html", {**context, "words": _MARK})
