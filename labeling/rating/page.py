"""What the rate screen shows, prepared as plain values so that its templates stay small."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from uuid import uuid4

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from labeling.rating.desk import TaskView
from labeling.rating.forms import Filled
from labeling.rendering import MAX_RICH_BYTES, escape_visibly, render_markdown, role_label
from labeling.vocabulary import Flag, SkipReason
from projects.models import Criterion, Guideline, Principle, Project
from projects.scales import CANNOT_TELL, EQUAL_BAD, EQUAL_GOOD, Option, Scale

FLAG_LABELS = {
    Flag.PERSONAL_DATA: "Personal data of a real person",
    Flag.UNSAFE: "Dangerous or illegal content",
    Flag.WRONG_LANGUAGE: "Wrong language",
    Flag.LEAKED_IDENTITY: "A response names the model that wrote it",
    Flag.GUIDELINE_GAP: "The guideline does not cover this",
    Flag.BROKEN: "Broken or cut off",
}
SKIP_LABELS = {
    SkipReason.UNCLEAR: "The prompt is unclear",
    SkipReason.NOT_MY_EXPERTISE: "Outside my expertise",
    SkipReason.UNCOMFORTABLE: "I would rather not read this",
    SkipReason.DUPLICATE: "I have seen this before",
    SkipReason.BROKEN: "Broken or cut off",
    SkipReason.OTHER: "Another reason",
}
_PLAIN_BETTER = re.compile(r"\S+( \d)?( is)? better( than .*)?")


@dataclass(frozen=True, slots=True)
class Segment:
    """One button of a scale: what it posts, shows, is called by a screen reader, and its keys."""

    code: str
    label: str
    name: str
    keys: str
    caps: Sequence[str]
    chosen: bool


@dataclass(frozen=True, slots=True)
class Question:
    """One criterion with its scale as segments."""

    key: str
    wording: str
    help_text: str
    short: str
    required: bool
    primary: bool
    segments: Sequence[Segment]
    ends: tuple[str, str] | None
    long_labels: bool
    tapered: bool
    error: str


@dataclass(frozen=True, slots=True)
class Rubric:
    """The bar: questions, and the ties offered beside the primary scale."""

    questions: Sequence[Question]
    sides: tuple[str, str]
    both_bad: bool
    cannot_tell: bool
    rationale_required: bool


def build_rubric(
    project: Project,
    criteria: Sequence[Criterion],
    filled: Filled,
    errors: Mapping[str, str],
) -> Rubric:
    """The bar of a project with what is filled in and what is wrong with it."""
    primary = next((c for c in criteria if c.is_primary), None)
    scale = primary.scale if primary else None
    return Rubric(
        questions=[_question(c, filled.codes.get(c.key, ""), errors) for c in criteria],
        sides=scale.sides if scale else ("A", "B"),
        both_bad=project.allow_both_bad and not (scale and scale.has_both_bad),
        cannot_tell=project.allow_cannot_tell,
        rationale_required=project.rationale_required,
    )


def _question(criterion: Criterion, chosen: str, errors: Mapping[str, str]) -> Question:
    scale = criterion.scale
    letters = _letters(scale)
    segments = [
        Segment(
            code=option.code,
            label=option.label,
            name=_spoken(scale, option),
            keys=" ".join([str(i), *letters.get(option.code, "")]),
            caps=[str(i), *letters.get(option.code, "")[:1].upper()],
            chosen=option.code == chosen,
        )
        for i, option in enumerate(scale.options, start=1)
    ]
    return Question(
        key=criterion.key,
        wording=criterion.wording or scale.question,
        help_text=criterion.help_text,
        short=criterion.key.replace("_", " ").capitalize(),
        required=criterion.is_required,
        primary=criterion.is_primary,
        segments=segments,
        ends=scale.ends or (scale.sides if _runs_from_side_to_side(scale) else None),
        long_labels=max(len(word) for o in scale.options for word in o.label.split()) > 10
        or max(len(option.label) for option in scale.options) > 24,
        # As published: where the buttons carry only a letter, the strongest are the largest.
        tapered=scale.ends is not None and len(scale.options) == 8,
        error=errors.get(criterion.key, ""),
    )


def _runs_from_side_to_side(scale: Scale) -> bool:
    """Whether the row leads from one response to the other, so that captions at its ends help."""
    values = [option.value for option in scale.options]
    return values == sorted(values)


def _letters(scale: Scale) -> dict[str, str]:
    """The letter keys of a scale: A and B for plainly better, E and 0 for equally good."""
    found = {}
    for letter, sign in (("a", -1), ("b", 1)):
        side = [o for o in scale.options if o.value * sign > 0]
        plain = [o for o in side if _PLAIN_BETTER.fullmatch(o.label)]
        middle = [o for o in side if abs(o.value) == -(-scale.strongest // 2)]
        for option in (plain or middle)[:1]:
            found[option.code] = letter
    for option in scale.options:
        if option.tie_kind == EQUAL_GOOD:
            found[option.code] = "e0"
    return found


def _spoken(scale: Scale, option: Option) -> str:
    """What a screen reader says: the label, with the strength where labels repeat."""
    if [o.label for o in scale.options].count(option.label) == 1:
        return option.label
    return f"{option.label}, strength {abs(option.value)} of {scale.strongest}"


@dataclass(frozen=True, slots=True)
class Text:
    """One text as it is shown: formatted, and (unless huge) as it was written."""

    title: str
    html: SafeString
    raw: SafeString
    empty: bool


def shown_task(view: TaskView) -> SafeString:
    """The prompt and the responses of an assignment, in the order shown, as HTML."""
    context = {
        "assignment_id": view.assignment_id,
        "turns": len(view.messages),
        "prompt": Text("Prompt", _safe(view.prompt_html), _raw_messages(view.messages), False),
        "sides": [
            Text(r.name, _safe(r.html), _raw(r.content), not r.content.strip())
            for r in view.responses
        ],
    }
    return render_to_string("labeling/rating/rate_task.html", context)


def _safe(html: str) -> SafeString:
    return mark_safe(html)  # noqa: S308 - made by labeling.rendering alone


def _raw(text: str) -> SafeString:
    return _safe(escape_visibly(text)) if len(text) <= MAX_RICH_BYTES else _safe("")


def _raw_messages(messages: Sequence[Mapping[str, str]]) -> SafeString:
    if len(messages) == 1:
        return _raw(str(messages[0].get("content", "")))
    parts = (f"[{role_label(m.get('role', ''))}]\n{m.get('content', '')}" for m in messages)
    return _raw("\n\n".join(parts))


@dataclass(frozen=True, slots=True)
class GuidelineView:
    """A guideline version for the drawer."""

    pk: int
    number: int
    html: SafeString
    principles: Sequence[Principle]


@lru_cache(maxsize=64)
def _guideline_html(pk: int, text: str) -> SafeString:
    return _safe(render_markdown(text))


def guideline_view(guideline: Guideline | None) -> GuidelineView | None:
    """The drawer's content; versions are immutable, so each is rendered once a process."""
    if guideline is None:
        return None
    parts = [guideline.text]
    if guideline.priority_order:
        parts.append(f"## Priority order\n\n{guideline.priority_order}")
    if guideline.trade_off_rule:
        parts.append(f"## When they conflict\n\n{guideline.trade_off_rule}")
    return GuidelineView(
        pk=guideline.pk,
        number=guideline.number,
        html=_guideline_html(guideline.pk, "\n\n".join(parts)),
        principles=list(guideline.principles.all()),
    )


def bar_context(
    project: Project, criteria: Sequence[Criterion], filled: Filled, errors: Mapping[str, str]
) -> dict[str, object]:
    """Everything the bar needs besides the guideline."""
    known = {c.key for c in criteria}
    other = {name: text for name, text in errors.items() if name not in known}
    return {
        "rubric": build_rubric(project, criteria, filled, errors),
        "filled": filled,
        "errors": errors,
        "other_errors": other,
        "flags": [(flag.value, label, flag in filled.flags) for flag, label in FLAG_LABELS.items()],
        "skip_reasons": [(reason.value, label) for reason, label in SKIP_LABELS.items()],
        "tie_chips": (EQUAL_BAD, CANNOT_TELL),
        "key": filled.key or uuid4(),
    }
