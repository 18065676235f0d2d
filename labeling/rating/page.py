"""What the rate screen shows, prepared as plain values so that its templates stay small."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from labeling.kinds import Escape, Kind, kind_for, slot, unsaid_words
from labeling.kinds.buttons import ButtonRow, button_row
from labeling.models.choices import FLAG_LABELS
from labeling.rating.desk import TaskView
from labeling.rating.forms import ANSWER_PREFIX, Filled
from labeling.rating.texts import guideline_parts
from labeling.rendering import (
    MAX_RICH_BYTES,
    escape_visibly,
    written_conversation,
)
from labeling.vocabulary import SkipReason
from projects.models import Criterion, Guideline, Principle, Project, Reason
from projects.scales import RANKING, RESPONSE

SKIP_LABELS = {
    SkipReason.UNCLEAR: _("The prompt is unclear"),
    SkipReason.NOT_MY_EXPERTISE: _("Outside my expertise"),
    SkipReason.UNCOMFORTABLE: _("I would rather not read this"),
    SkipReason.DUPLICATE: _("I have seen this before"),
    SkipReason.BROKEN: _("Broken, cut off or impossible to show"),
    SkipReason.OTHER: _("Another reason"),
}


#: Marks for hidden characters make a text longer: one that grows beyond this has no raw view.
_MAX_RAW_CHARS = 4 * MAX_RICH_BYTES


@dataclass(frozen=True, slots=True)
class BarPlace:
    """What a question asks about one response: by buttons, or by its place in a ranking."""

    slot: str
    name: str
    row: ButtonRow
    unsaid: Sequence[Chip]
    place: str


@dataclass(frozen=True, slots=True)
class BarQuestion:
    """One criterion with its scale as buttons: once, or once for each response in `places`.

    `family` says what is asked (`Scale.family`).
    """

    key: str
    wording: str
    help_text: str
    short: str
    required: bool
    primary: bool
    family: str
    row: ButtonRow
    places: Sequence[BarPlace]
    escapes: Sequence[Chip]
    error: str


@dataclass(frozen=True, slots=True)
class Chip:
    """An answer offered beside a scale: what it posts and shows, and its key."""

    name: str
    value: str
    label: str
    letter: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class RatingBar:
    """The bar: the questions with what is offered on and beside their scales.

    `control` says how its kind is answered: which template shows it, which script drives it.
    """

    control: str
    title: str
    questions: Sequence[BarQuestion]
    rationale_required: bool

    @property
    def template(self) -> str:
        """What shows how a question is answered."""
        return f"labeling/rating/kinds/{self.control}.html"

    @property
    def script(self) -> str:
        """What the keys of such a question do."""
        return f"js/rating/kinds/{self.control}.js"


def rating_bar(
    project: Project,
    kind: Kind,
    criteria: Sequence[Criterion],
    count: int,
    filled: Filled,
    errors: Mapping[str, str],
) -> RatingBar:
    """The bar of a task's kind with what is filled in and what is wrong with it.

    `count` is the number of the task's responses.
    """
    asked = kind.asked(criteria)
    names = kind.place_names(asked, count)
    return RatingBar(
        control=kind.control,
        title=gettext(kind.title),
        questions=[
            _question(
                c,
                names,
                kind_for(c.scale).escapes(c, project),
                filled,
                errors.get(c.key, ""),
            )
            for c in asked
        ],
        rationale_required=project.rationale_required,
    )


def _places(criterion: Criterion, names: Sequence[str], filled: Filled) -> list[BarPlace]:
    if criterion.scale.family not in {RANKING, RESPONSE}:
        return []
    codes = [filled.codes.get(f"{criterion.key}.{slot(i)}", "") for i in range(len(names))]
    return [
        BarPlace(
            slot(place), name, button_row(criterion, code, names), _unsaid(criterion, code), code
        )
        for place, (name, code) in enumerate(zip(names, codes, strict=True))
    ]


def _unsaid(criterion: Criterion, code: str) -> list[Chip]:
    return [Chip("", word, unsaid_words(word), "", word == code) for word in criterion.scale.unsaid]


def _question(
    criterion: Criterion,
    names: Sequence[str],
    escapes: Sequence[Escape],
    filled: Filled,
    error: str,
) -> BarQuestion:
    row = button_row(criterion, filled.codes.get(criterion.key, ""), names)
    return BarQuestion(
        key=criterion.key,
        wording=criterion.wording or gettext(criterion.scale.question),
        help_text=criterion.help_text,
        short=criterion.label,
        required=criterion.is_required,
        primary=criterion.is_primary,
        family=criterion.scale.family,
        row=row,
        places=_places(criterion, names, filled),
        escapes=[_chip(criterion, escape, filled) for escape in escapes],
        error=error,
    )


def _chip(criterion: Criterion, escape: Escape, filled: Filled) -> Chip:
    """The primary question's is a field of its own: the screens before this one posted it so."""
    option = escape.option
    chosen = filled.codes.get(criterion.key) == option.code
    name, value = f"{ANSWER_PREFIX}{criterion.key}", option.code
    if criterion.is_primary:
        name, value = "tie_kind", option.tie_kind
        chosen = option.tie_kind == filled.tie_kind
    return Chip(name, value, gettext(option.label), escape.letter, chosen)


@dataclass(frozen=True, slots=True)
class Text:
    """One text as it is shown: formatted, and (unless huge) as it was written."""

    title: str
    html: SafeString
    raw: SafeString
    empty: bool


def shown_task(view: TaskView) -> SafeString:
    """The prompt and the responses of an assignment, in the order shown, as HTML."""
    prompt, messages = _safe(view.prompt_html), _raw_messages(view.messages)
    context = {
        "assignment_id": view.assignment_id,
        "language": view.language,
        "turns": len(view.messages),
        "prompt": Text(gettext("Prompt"), prompt, messages, False),
        "sides": [
            Text(
                response.name,
                _safe(response.html),
                _raw_messages(response.messages) if response.messages else _raw(response.content),
                not response.messages and not response.content.strip(),
            )
            for response in view.responses
        ],
    }
    return render_to_string("labeling/rating/rate_task.html", context)


def _safe(html: str) -> SafeString:
    return mark_safe(html)  # noqa: S308 - made by labeling.rendering alone


def _raw(text: str) -> SafeString:
    if len(text) > MAX_RICH_BYTES:
        return _safe("")
    html = escape_visibly(text)
    return _safe(html if len(html) <= _MAX_RAW_CHARS else "")


def _raw_messages(messages: Sequence[Mapping[str, Any]]) -> SafeString:
    return _raw(written_conversation(messages))


@dataclass(frozen=True, slots=True)
class GuidelineView:
    """A guideline version for the drawer; `html` as `guideline_html` makes it."""

    pk: int
    number: int
    html: Mapping[str, Any]
    principles: Sequence[Principle]


def guideline_html(guideline: Guideline, principles: Iterable[Principle]) -> dict[str, Any]:
    """The parts of a version as safe HTML by field, and `principles` with theirs."""
    clauses = list(principles)
    parts = {name: _safe(html) for name, html in guideline_parts(guideline, clauses).items()}
    return {**parts, "principles": [(clause, parts[f"P{clause.number}"]) for clause in clauses]}


def guideline_view(guideline: Guideline | None) -> GuidelineView | None:
    """The drawer's content."""
    if guideline is None:
        return None
    if guideline.get_deferred_fields():
        guideline = Guideline.objects.get(pk=guideline.pk)
    principles = list(guideline.principles.all())
    return GuidelineView(
        pk=guideline.pk,
        number=guideline.number,
        html=guideline_html(guideline, principles),
        principles=principles,
    )


def _reasons(project: Project, filled: Filled) -> list[Reason]:
    """What may be picked, and what was picked before it was retired."""
    reasons = Reason.objects.filter(project=project)
    return [r for r in reasons if r.retired_at is None or r.code in filled.reasons]


def bar_context(
    project: Project,
    kind: Kind,
    criteria: Sequence[Criterion],
    count: int,
    filled: Filled,
    errors: Mapping[str, str],
) -> dict[str, object]:
    """Everything the bar needs besides the guideline; `count` is the number of responses."""
    known = {c.key for c in criteria}
    other = {name: text for name, text in errors.items() if name not in known}
    return {
        "rubric": rating_bar(project, kind, criteria, count, filled, errors),
        "filled": filled,
        "errors": errors,
        "other_errors": other,
        "reasons": [
            (reason, reason.code in filled.reasons) for reason in _reasons(project, filled)
        ],
        "flags": [(str(flag), label, flag in filled.flags) for flag, label in FLAG_LABELS.items()],
        "skip_reasons": [(reason.value, label) for reason, label in SKIP_LABELS.items()],
        "key": filled.key or uuid4(),
    }
