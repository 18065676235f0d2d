"""What the rate screen shows, prepared as plain values so that its templates stay small."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import uuid4

from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from labeling.kinds import Escape, Kind, kind_for, kind_of, slot, unsaid_words
from labeling.kinds.buttons import ButtonRow, button_row, rates_up_to
from labeling.models.choices import FLAG_LABELS
from labeling.rating.covers import is_severe, text_cover
from labeling.rating.desk import ShownResponse, TaskView
from labeling.rating.editing import HTML, OWN_ERRORS, editor_context
from labeling.rating.forms import ANSWER_PREFIX, Filled
from labeling.rating.judgments import Undone
from labeling.rating.panels import task_panels
from labeling.rating.pictures import picture_context, side_key, side_pictures
from labeling.rating.plain_tasks import head_html, is_plain, plain_task
from labeling.rating.raw import length_words, raw_messages, raw_response
from labeling.rating.shown import Text, TypedPlace, safe_html
from labeling.rating.windows import minutes_until
from labeling.rating.written import may_improve
from labeling.vocabulary import OFFERED_FLAGS, Act, Flag, SkipReason
from projects.models import Criterion, Project, Reason
from projects.scales import NOT_APPLICABLE, RANKING, UNSURE

SKIP_LABELS = {
    SkipReason.UNCLEAR: _("The prompt is unclear"),
    SkipReason.NOT_MY_EXPERTISE: _("Outside my expertise"),
    SkipReason.UNCOMFORTABLE: _("I would rather not read this"),
    SkipReason.DUPLICATE: _("I have seen this before"),
    SkipReason.BROKEN: _("Broken, cut off or impossible to show"),
    SkipReason.OTHER: _("Another reason"),
}


#: As beside a text, but for D, which is a response here.
_UNSAID_KEYS = {UNSURE: "u", NOT_APPLICABLE: "x"}
#: What a turn has that is a picture and says nothing else.
_OF_PICTURES = {"role", "content", "images"}
#: Kinds of tasks with a style of their own.
_STYLES = {"rank": "rank", "review": "write", "write": "write"}
#: How responses stand of kinds that show them plainly; others have a template for it.
_LAYOUTS = {"compare": "pair", "rate": "singly"}


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

    `family` says what is asked (`Scale.family`); `rates_up_to` is the best of an ordinal scale,
    where responses can be put in order by their values. `passes` is the code of a gate's answer
    that opens the other questions, empty of any other question.
    """

    key: str
    wording: str
    help_text: str
    short: str
    required: bool
    primary: bool
    family: str
    passes: str
    rates_up_to: int | None
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
    `face` names what depends on kind and number of responses: a page that has it needs no other.
    `has_panels`: questions about single responses stand beside these, and not here. `improves`:
    the response that is preferred may be improved.
    """

    control: str
    face: str
    sends: str
    questions: Sequence[BarQuestion]
    has_panels: bool
    improves: bool
    rationale_required: bool

    @property
    def template(self) -> str:
        """What shows how a question is answered."""
        return f"labeling/rating/kinds/{self.control}.html"

    @property
    def script(self) -> str:
        """What the keys of such questions do."""
        is_gated = any(question.passes for question in self.questions)
        each = "_each" if self.has_panels and len(self.questions) > is_gated else ""
        edit = "_edit" if self.improves else ""
        gated = "_gated" if is_gated else ""
        return f"js/rating/kinds/{self.control}{each}{edit}{gated}.js"

    @property
    def style(self) -> str:
        """What it looks like, beside the style of every bar."""
        style = "rate-each" if self.has_panels else _STYLES.get(self.control)
        return f"css/rating/{style}.css" if style else ""

    @property
    def writes(self) -> bool:
        """Whether a text is written or changed beside it."""
        return _STYLES.get(self.control) == "write"

    @property
    def rates(self) -> bool:
        """Whether responses are rated, so that their order can follow."""
        return any(question.rates_up_to is not None for question in self.questions)


def face_of(kind: Kind, count: int) -> str:
    """What the bar of a kind for so many responses is called."""
    return f"{kind.control}{kind.part}-{count}"


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
        face=face_of(kind, count),
        sends=gettext(kind.sends),
        questions=[
            _question(
                c,
                names,
                kind_for(c.scale).escapes(c, project),
                filled,
                errors.get(c.key, ""),
            )
            for c in asked
            if c.scale.per == "task" or not kind.asks_beside_texts
        ],
        has_panels=kind.asks_beside_texts and any(c.scale.per == "response" for c in asked),
        improves=may_improve(project, kind),
        rationale_required=project.rationale_required,
    )


def _places(criterion: Criterion, names: Sequence[str], filled: Filled) -> list[BarPlace]:
    if criterion.scale.family != RANKING and criterion.scale.per != "response":
        return []
    codes = [filled.codes.get(f"{criterion.key}.{slot(i)}", "") for i in range(len(names))]
    return [
        BarPlace(
            slot(place), name, button_row(criterion, code, names), _unsaid(criterion, code), code
        )
        for place, (name, code) in enumerate(zip(names, codes, strict=True))
    ]


def _unsaid(criterion: Criterion, code: str) -> list[Chip]:
    """What stands beside the scale's buttons, each with a letter that picks no response up."""
    return [
        Chip("", word, unsaid_words(word), _UNSAID_KEYS[word], word == code)
        for word in criterion.scale.unsaid
    ]


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
        passes="" if criterion.scale.passes is None else str(criterion.scale.passes),
        rates_up_to=rates_up_to(criterion.scale),
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


def bar_parts(
    project: Project, kind: Kind, criteria: Sequence[Criterion], count: int
) -> dict[str, str]:
    """What of a bar belongs to its kind, with nothing filled in, for a page of another kind."""
    bar = rating_bar(project, kind, criteria, count, Filled(), {})
    return {
        "questions": render_to_string("labeling/rating/rate_questions.html", {"rubric": bar}),
        "chips": render_to_string("labeling/rating/rate_chips.html", {"rubric": bar}),
        "script": static(bar.script),
        "style": static(bar.style) if bar.style else "",
    }


def shown_task(
    view: TaskView,
    *,
    project: Project,
    filled: Filled | None = None,
    errors: Mapping[str, str] | None = None,
    previewed: bool = False,
    shows_covered: bool = False,
) -> SafeString:
    """The prompt and the responses of an assignment, in the order shown, with what is asked about
    each alone and the editor of a task to write or review, as HTML; `previewed`: and the text as
    readers would see it; `shows_covered`: covered texts are open."""
    cover = text_cover(view.topics, project, is_open=shows_covered)
    filled, errors, kind = filled or Filled(), errors or {}, kind_of(view.asked_as)
    editor = editor_context(view, project, filled, errors, previewed=previewed)
    layout = _LAYOUTS.get(kind.control, "")
    if layout and not (editor or cover or view.is_change) and is_plain(view):
        return plain_task(view, layout)
    prompt, messages = safe_html(view.prompt_html), safe_html(raw_messages(view.messages))
    context: dict[str, object] = {
        "assignment_id": view.assignment_id,
        "change": {"minutes": minutes_until(view.expires), "slug": project.slug}
        if view.is_change
        else None,
        "title": gettext(kind.title),
        "layout": layout,
        "texts": f"labeling/rating/kinds/{kind.control}_task.html",
        "language": view.language,
        "turns": len(view.messages),
        "place": view.place,
        "prompt": Text(gettext("Prompt"), prompt, messages, False),
        "sides": _sides(view, filled, errors),
        "text_cover": cover,
        "is_severe": is_severe(view.topics),
        "is_revised": previewed or bool(errors) or filled.edit is not None,
    }
    context |= picture_context(view)
    context |= {name: safe_html(html) if name in HTML else html for name, html in editor.items()}
    return render_to_string("labeling/rating/rate_task.html", context)


def _sides(view: TaskView, filled: Filled, errors: Mapping[str, str]) -> list[Text]:
    """The responses in the order shown, each with what is asked about it alone."""
    panels = {panel.slot: panel for panel in task_panels(view, filled, errors)}
    rankings = [c for c in view.criteria if c.scale.family == RANKING]
    names = [response.name for response in view.responses]
    return [
        Text(
            response.name,
            safe_html(response.html if _has_text(response) else ""),
            safe_html(raw_response(response.content, response.messages)),
            not response.messages and not response.content.strip(),
            response.slot,
            [
                TypedPlace(c.key, c.label, filled.codes.get(f"{c.key}.{response.slot}", ""))
                for c in rankings
            ],
            panels.get(response.slot),
            words := length_words(response.content, response.messages),
            side_pictures(view, response),
            head_html(names, place, words),
            _cover_key(view, response),
        )
        for place, response in enumerate(view.responses)
    ]


def _has_text(response: ShownResponse) -> bool:
    """Whether it says anything beside its pictures: of those alone no text stands there."""
    beside = [turn.keys() - _OF_PICTURES for turn in response.messages]
    return not beside or any(beside) or any(turn.get("content") for turn in response.messages)


def _cover_key(view: TaskView, response: ShownResponse) -> str:
    """What uncovers the text of a response; where it has pictures, the key is theirs."""
    return "" if any("images" in turn for turn in response.messages) else side_key(view, response)


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
    *,
    has_editor: bool,
) -> dict[str, object]:
    """Everything the bar needs besides the guideline; `count` is the number of responses, and with
    `has_editor` there is one on the page."""
    known = {c.key for c in criteria} | (OWN_ERRORS if has_editor else set())
    other = {name: text for name, text in errors.items() if name not in known}
    return {
        "rubric": rating_bar(project, kind, criteria, count, filled, errors),
        "filled": filled,
        "has_editor": has_editor,
        "errors": errors,
        "other_errors": other,
        "reasons": [
            (reason, reason.code in filled.reasons) for reason in _reasons(project, filled)
        ],
        "flags": [
            (str(flag), FLAG_LABELS[flag], flag in filled.flags)
            for flag in Flag
            if flag in OFFERED_FLAGS or flag in filled.flags
        ],
        "skip_reasons": [(reason.value, label) for reason, label in SKIP_LABELS.items()],
        "key": filled.key or uuid4(),
    }


def took_back_words(undone: Undone) -> str:
    """What is said where an act was taken back."""
    if undone.took_back == Act.JUDGMENT:
        return gettext("Took back your judgment of this task. It counts again once you submit it.")
    reason = SKIP_LABELS[SkipReason(undone.skip_reason)]
    return gettext("Took back your skip of this task (“%(reason)s”). It is open again.") % {
        "reason": reason
    }
