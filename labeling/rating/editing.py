"""What is filled in again, and what the page of a text that is written or reviewed shows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from labeling.kinds import EditedText, kind_of
from labeling.rating.desk import TaskView
from labeling.rating.drafts import WritingDesk, Written
from labeling.rating.forms import NONE_FITS, Filled, codes_for
from labeling.rating.selectors import TakenBack
from labeling.rating.texts import VIEW_SECONDS
from labeling.rating.written import MOST_CHARS, may_improve
from labeling.rendering import (
    MAX_HTML_CHARS,
    NotNow,
    difference_html,
    render_markdown,
    render_unformatted,
)
from projects.models import Criterion, Project

#: What of an editor is HTML.
HTML = ("difference", "since", "preview")
#: The fields of a page that show their own errors.
OWN_ERRORS = frozenset({"text", "edit"})


def desk_of(view: TaskView, project: Project, filled: Filled) -> tuple[WritingDesk, str] | None:
    """What an editor of this task begins from, and the field that it posts.

    None where there is no editor: nothing is written here, and no response is being improved.
    """
    if view.writing is not None:
        return view.writing, "edit.A" if view.writing.writing else "text"
    if filled.edit is None or not may_improve(project, kind_of(view.asked_as)):
        return None
    for response in view.responses:
        if response.slot == filled.edit.slot:
            desk = WritingDesk(text=response.content, original=response.content, rounds=())
            return desk, f"edit.{response.slot}"
    return None


def editor_context(
    view: TaskView,
    project: Project,
    filled: Filled,
    errors: Mapping[str, str],
    *,
    previewed: bool = False,
) -> dict[str, Any]:
    """The editor with what is filled in, its difference, and what is wrong with it; empty where the
    task shows none.

    The values of `HTML` are safe HTML.
    """
    editor = desk_of(view, project, filled)
    if editor is None:
        return {}
    desk, field = editor
    text = filled.written if filled.written is not None else desk.text
    writing = desk.writing
    return {
        "desk": desk,
        "field": field,
        "slot": "" if view.writing else field.removeprefix("edit."),
        "may_paste": project.allow_paste,
        "action": reverse("labeling:rate_preview", args=[project.slug, view.assignment_id]),
        "text": text,
        "difference": _difference(desk.original, text),
        "since": _difference(desk.rounds[-1].text, desk.text) if writing and desk.rounds else "",
        "preview": preview_html(text) if previewed else "",
        "typed": filled.typed,
        "pasted": filled.pasted,
        "assisted": filled.declared_assist,
        "pasted_percent": round(100 * ((writing and writing.paste_ratio) or 0)),
        "counted": ((writing and writing.typed) or 0) + ((writing and writing.pasted) or 0),
        "errors": errors,
    }


def filled_before(before: TakenBack | None, criteria: list[Criterion]) -> Filled:
    """The form as it was left before it was taken back; nothing where it never was filled in."""
    if before is None:
        return Filled()
    return Filled(
        codes=codes_for(criteria, before.answers),
        tie_kind=before.answers.tie_kind,
        rationale=before.rationale,
        reasons=before.reasons,
        principles=before.principles,
        none_fits=before.none_fits,
        flags=before.flags,
        spans=_marks(before),
        **_refilled(before.written),
    )


def values_again(answered: TakenBack, criteria: list[Criterion]) -> dict[str, list[str]]:
    """What was filled in, by the names of the form's fields."""
    codes = codes_for(criteria, answered.answers)
    return {
        **{f"answer.{key}": [code] for key, code in codes.items()},
        "tie_kind": [answered.answers.tie_kind],
        "rationale": [answered.rationale],
        "reasons": list(answered.reasons),
        "principles": [
            str(number) for number in (*answered.principles, *[NONE_FITS] * answered.none_fits)
        ],
        "flags": list(answered.flags),
        "spans": _marks(answered),
        **_written_values(answered),
    }


def _marks(answered: TakenBack) -> list[str]:
    """What was marked, each as the form holds it."""
    marks = (*answered.marks.spans, *answered.marks.regions)
    return [json.dumps(mark) for mark in marks]


def _written_values(answered: TakenBack) -> dict[str, list[str]]:
    """What was written before, by the names of the form's fields."""
    written = answered.written
    if written is None:
        return {}
    counts = {"typed": written.writing.typed, "pasted": written.writing.pasted}
    return {
        (f"edit.{written.slot}" if written.slot else "text"): [written.text],
        **{name: ["" if count is None else str(count)] for name, count in counts.items()},
        "declared_assist": ["1"] if written.writing.declared_assist else [],
    }


def _refilled(written: Written | None) -> dict[str, Any]:
    """The fields of `Filled` that show again what was written."""
    if written is None:
        return {}
    text = written.text
    return {
        **({"edit": EditedText(written.slot, text)} if written.slot else {"text": text}),
        "typed": written.writing.typed,
        "pasted": written.writing.pasted,
        "declared_assist": written.writing.declared_assist,
    }


def preview_html(text: str) -> str:
    """A text that is being written as its readers would see it, as safe HTML, in the time that a
    page has."""
    text = text[:MOST_CHARS]
    try:
        return render_markdown(text, wall_seconds=VIEW_SECONDS)
    except NotNow:
        why = _("This text is being formatted: for now it is shown as it was written.")
        return render_unformatted(text, why=why, room=MAX_HTML_CHARS)


def _difference(before: str | None, after: str) -> str:
    if before is None or max(len(before), len(after)) > 2 * MOST_CHARS:
        return ""
    return difference_html(before, after)
