"""The form of a final word on a task: the questions of its kind, in canonical order.

It stands on the page of the task, which is the lead's, and asks what the rating screen asks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import QueryDict
from django.utils import timezone

from labeling.kinds import Kind, kind_of, slot
from labeling.models import Judgment, Task
from labeling.rating.desk import AskedRubric, ShownResponse, TaskView, rubric
from labeling.rating.forms import Filled, codes_for, read_form
from labeling.rating.page import BarQuestion, rating_bar
from labeling.rating.panels import ResponsePanel, task_panels
from labeling.rating.selectors import shown_answers
from projects.guidelines.selectors import asked_principles, current_guideline, principles_of
from projects.models import Criterion, Guideline, Principle, Project, Reason, User
from projects.scales import GATE, PER_PRINCIPLE, PREFERENCES

#: What is filled in, for whoever hands it back to `word_form`.
FilledWord = Filled
#: Questions that the bar has room for: one on the task as a whole, in a row of buttons.
_ON_THE_BAR = frozenset({PREFERENCES, GATE})


@dataclass(frozen=True, slots=True)
class WordChoice:
    """One answer: what it posts and what it says."""

    code: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class WordQuestion:
    """A question with all answers to the whole of it in one row, those beside the scale last."""

    question: BarQuestion
    choices: Sequence[WordChoice]


@dataclass(frozen=True, slots=True)
class WordForm:
    """What the final word is given with.

    `first` stands on the bar at the foot, `others` and `panels` (what is asked about each response)
    above it; `own` is the reader's word that stands, which the form holds then.
    """

    first: WordQuestion | None
    others: Sequence[WordQuestion]
    panels: Sequence[ResponsePanel]
    principles: Sequence[Principle]
    reasons: Sequence[Reason]
    filled: Filled
    errors: Mapping[str, str]
    own: Judgment | None
    rubric_number: int | None
    names: Sequence[str]

    @property
    def letters(self) -> Sequence[str]:
        """What the buttons call the responses, where the page calls them otherwise."""
        is_lettered = self.first is not None and list(self.names) == list(map(slot, range(2)))
        return self.names if is_lettered else ()

    @property
    def is_short(self) -> bool:
        """Whether the bar alone asks everything."""
        return not self.others and not self.panels


def read_word(post: QueryDict) -> FilledWord:
    """What the form posts."""
    return read_form(post)


def word_form(
    project: Project,
    person: User,
    task: Task,
    *,
    filled: FilledWord | None = None,
    errors: Mapping[str, str] | None = None,
) -> WordForm:
    """The form for a person, with what of their word is filled in and what is wrong with it; with
    nothing filled in it holds the word of theirs that stands."""
    kind, asked, errors = kind_of(task.asked_as), rubric(project), errors or {}
    word = Judgment.objects.filter(task=task, rater=person).final_words().first()
    filled = filled or _said(word, asked.criteria)
    guideline = current_guideline(project)
    view = _view(task, kind, asked, guideline)
    bar = rating_bar(project, kind, asked.criteria, len(view.responses), filled, errors)
    on_the_bar = [q for q in bar.questions if q.family in _ON_THE_BAR]
    first = next((q for q in on_the_bar if q.primary), next(iter(on_the_bar), None))
    return WordForm(
        first=_with_choices(first, filled) if first else None,
        others=[_with_choices(q, filled) for q in bar.questions if q is not first],
        panels=task_panels(view, filled, errors),
        principles=list(principles_of(guideline)),
        reasons=[
            reason
            for reason in Reason.objects.filter(project=project)
            if reason.retired_at is None or reason.code in filled.reasons
        ],
        filled=filled,
        errors=_other_errors(errors, asked.criteria),
        own=word,
        rubric_number=asked.number,
        names=[response.name for response in view.responses],
    )


def _with_choices(question: BarQuestion, filled: Filled) -> WordQuestion:
    """The scale and what is offered beside it: of one answer there is one button."""
    code = filled.codes.get(question.key, "")
    beside = []
    for chip in question.escapes:
        # The primary question's posts its kind of tie alone (`labeling.rating.page`).
        own = f"0:{chip.value}" if chip.name == "tie_kind" else chip.value
        beside.append(WordChoice(own, chip.label, own == code or (chip.chosen and not code)))
    scale = [WordChoice(s.code, s.name, s.chosen) for s in question.row.segments]
    return WordQuestion(question, [*scale, *beside] if not question.places else ())


def _said(word: Judgment | None, criteria: Sequence[Criterion]) -> Filled:
    """What somebody has said already, filled in."""
    if word is None:
        return Filled()
    answers = shown_answers(word)
    return Filled(
        codes=codes_for(criteria, answers),
        tie_kind=answers.tie_kind,
        rationale=word.rationale,
        reasons=word.reasons,
        principles=word.principles,
        none_fits=word.none_fits,
    )


def _other_errors(errors: Mapping[str, str], criteria: Sequence[Criterion]) -> dict[str, str]:
    """What is wrong with no question."""
    keys = {criterion.key for criterion in criteria}
    return {name: text for name, text in errors.items() if name not in keys}


def _view(task: Task, kind: Kind, asked: AskedRubric, guideline: Guideline | None) -> TaskView:
    """The task as its questions see it, in canonical order; nobody was given it."""
    criteria = kind.asked(asked.criteria)
    names = kind.place_names(criteria, len(task.response_ids))
    asks_rules = any(criterion.scale.family == PER_PRINCIPLE for criterion in criteria)
    clauses = asked_principles(guideline.pk if guideline else None, task.principle_key)
    return TaskView(
        assignment_id=0,
        kind=task.kind,
        language="",
        expires=timezone.now(),
        messages=[],
        prompt_html="",
        responses=[
            ShownResponse(slot(place), name, "", "", []) for place, name in enumerate(names)
        ],
        criteria=criteria,
        principles=list(clauses) if asks_rules else [],
        guideline_number=None,
        rubric_number=asked.number,
        asked_as=task.asked_as,
        writing=None,
        place=None,
    )
