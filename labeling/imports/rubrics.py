"""The questions of a project as labels of rows answer them, by the kind of task."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from labeling.datasets.rows import (
    OVERALL,
    ImportedLabel,
    ImportedRegion,
    ImportedResponse,
    ImportedSpan,
    RefusalCode,
    RowError,
)
from labeling.imports.drafts import LabelledText
from labeling.imports.label_marks import LabelMarks
from labeling.imports.labels import Label, Voice
from labeling.kinds import GivenAnswer, Kind, LabelError, has_axes, kind_of, label_answers
from labeling.kinds.known import AskedQuestions
from labeling.kinds.regions import MarkedRegion
from labeling.kinds.shapes import as_submitted, from_submitted, principle_name, principle_number
from labeling.kinds.spans import MarkedSpan
from labeling.vocabulary import ASKED_AS_REVIEW, TaskKind, TieKind
from projects.guidelines.selectors import current_guideline, principles_of
from projects.models import Criterion, Principle, Project, Reason


class LabelRubrics:
    """The criteria of a project by the kind of task that they are asked on."""

    def __init__(self, project: Project) -> None:
        self._criteria = list(Criterion.objects.filter(project=project))
        self._by_kind: dict[str, LabelRubric] = {}
        self._project = project

    @cached_property
    def clauses(self) -> Mapping[int, Principle]:
        """The principles of the guideline in force, by number."""
        return {p.number: p for p in principles_of(current_guideline(self._project))}

    @cached_property
    def questions(self) -> AskedQuestions:
        """What raters are asked now."""
        asked = [criterion for criterion in self._criteria if not criterion.is_retired]
        return AskedQuestions(asked, {p.key: number for number, p in self.clauses.items()})

    def principle_key(self, name: str) -> str:
        """The key of the principle that a row names, "" for none. Raises RowError for another."""
        return self._clause(name).key if name else ""

    def _clause(self, name: str) -> Principle:
        clause = self.clauses.get(principle_number(name) or 0)
        if clause is None:
            raise RowError("principle", self._no_clause(name), name)
        return clause

    def _no_clause(self, name: object) -> str:
        known = ", ".join(principle_name(number) for number in self.clauses) or "none yet"
        return f"The guideline has no principle “{str(name)[:20]}”; it has: {known}."

    def of(self, kind: str) -> LabelRubric:
        """The rubric of tasks of a kind. Raises RowError where the project asks no such question as
        its primary one."""
        if kind not in self._by_kind:
            rubric = LabelRubric(self._criteria, kind_of(kind), self)
            if not rubric.has_primary:
                raise RowError("kind", _NO_PRIMARY[kind], kind, code=RefusalCode.UNSUPPORTED)
            self._by_kind[kind] = rubric
        return self._by_kind[kind]

    @cached_property
    def _reasons(self) -> set[str]:
        return set(Reason.objects.filter(project=self._project).values_list("code", flat=True))

    def check_reasons(self, codes: Iterable[str]) -> None:
        """Raises RowError for a reason that the project does not have."""
        for code in codes:
            if code not in self._reasons:
                known = ", ".join(sorted(self._reasons)) or "none yet"
                reason = f"The project has no reason “{code[:40]}”; it has: {known}."
                raise RowError("judgments.reasons", reason, code)

    def check_principles(self, answers: Iterable[GivenAnswer[Criterion]]) -> None:
        """Raises RowError for an answer about a principle that the guideline does not have."""
        for answer in answers:
            if answer.principle is not None and answer.principle not in self.clauses:
                name = principle_name(answer.principle)
                raise RowError(f"judgments.{answer.question.key}", self._no_clause(name), name)

    @cached_property
    def has_passes(self) -> bool:
        """Whether comparisons ask their primary question in a later task of its own."""
        asked = [criterion for criterion in self._criteria if not criterion.is_retired]
        return bool(self._project.overall_pass) and has_axes(asked)

    def takes(self, kind: str) -> bool:
        """Whether the project takes tasks of a kind."""
        return LabelRubric(self._criteria, kind_of(kind)).has_primary


#: What a project lacks that takes no rows of a kind, and what to do.
_NO_PRIMARY: Mapping[str, str] = {
    TaskKind.COMPARE: (
        "Makes a comparison, and the project's rubric has no primary question that compares two "
        "responses. Add one, on a scale such as “Llama evaluation, seven points”."
    ),
    TaskKind.RANK: (
        "Makes a ranking, and the project's rubric has no primary question that ranks responses. "
        "Add one, on the scale “Ranking with ties”."
    ),
    TaskKind.WRITE: (
        "Makes a task to write, and the project's rubric does not ask what a reviewer decides. Add "
        "a primary question on the scale “Review, the decision on a text”."
    ),
    ASKED_AS_REVIEW: (
        "Reviews a text, and the project's rubric does not ask what a reviewer decides. Add a "
        "primary question on the scale “Review, the decision on a text”."
    ),
    TaskKind.RULE: (
        "Makes a check of rules, and the project's rubric has no primary question about "
        "principles. Add one, on the scale “Sparrow, a rule kept or broken” or “A rule kept: yes, "
        "no or unsure”."
    ),
    TaskKind.RATE: (
        "Makes a rating, and the project's rubric has no primary question about each response. "
        "Add one, on a scale such as “Thumb up or down” or “HelpSteer, helpfulness from 0 to 4”."
    ),
}


class LabelRubric:
    """The criteria that are asked on tasks of a kind, by key and by the alias of the primary
    one."""

    def __init__(
        self, criteria: Iterable[Criterion], kind: Kind, rubrics: LabelRubrics | None = None
    ) -> None:
        self.kind, self._rubrics = kind, rubrics
        criteria = list(criteria)
        self.criteria = kind.asked(criteria)
        self._by_key = {criterion.key: criterion for criterion in self.criteria}
        primary = next(
            (c for c in criteria if c.is_primary and c.scale.family == kind.family), None
        )
        self.has_primary = primary is not None
        if primary is not None and primary in self.criteria:
            self._by_key.setdefault(OVERALL, primary)

    def labels(
        self,
        judgments: Iterable[ImportedLabel],
        responses: Iterable[ImportedResponse],
        shown_order: Sequence[int],
    ) -> list[Label]:
        """What a row's raters, people or models, said, turned to canonical order.

        `responses` are the row's, `shown_order[i]` is the canonical index of response i. Raises
        RowError for an unknown criterion and for what does not fit its scale.
        """
        ids = [response.external_id for response in responses]
        return [self._label(judgment, ids, shown_order) for judgment in judgments]

    def _label(
        self, judgment: ImportedLabel, ids: Sequence[str], shown_order: Sequence[int]
    ) -> Label:
        said = self._said(judgment)
        side_only = {self._criterion(key).key for key in judgment.side_only}
        for key, grade in judgment.grades.items():
            criterion = self._criterion(key)
            side = said[criterion.key]
            strength = self.kind.graded(criterion, side, grade) if isinstance(side, int) else None
            if strength is None:
                side_only.add(criterion.key)
            else:
                said[criterion.key] = strength
        try:
            answers = label_answers(self.kind, self.criteria, said, self._named_ties(judgment), ids)
        except LabelError as error:
            raise RowError(
                f"judgments.{error.key}", error.reason, error.value, code=RefusalCode.OFF_SCALE
            ) from None
        if self._rubrics is not None:
            self._rubrics.check_principles(answers)
        canonical = tuple(self.kind.canonical(answer, shown_order) for answer in answers)
        sides = frozenset(self._by_key[key].pk for key in side_only)
        spans = {self._span(span, ids, shown_order) for span in judgment.spans}
        regions = {self._region(region, ids, shown_order) for region in judgment.regions}
        if judgment.reasons and self._rubrics is not None:
            self._rubrics.check_reasons(judgment.reasons)
        return Label(
            judgment.rater,
            canonical,
            judgment.rationale,
            judgment.at,
            sides,
            LabelMarks(
                tuple(sorted(spans, key=lambda span: span.order)),
                tuple(sorted(regions, key=lambda region: region.order)),
            ),
            judgment.reasons,
            _draft(judgment, shown_order),
            judgment.is_final,
        )

    def _span(
        self, span: ImportedSpan, ids: Sequence[str], shown_order: Sequence[int]
    ) -> MarkedSpan:
        """A passage of the canonical order. Raises RowError where the project has nothing of the
        name that it is attached to."""
        place = _canonical_place(span.response, ids, shown_order)
        where = (place, span.message, span.start, span.end)
        return MarkedSpan(*where, span.polarity, span.about, self._attached(span), span.note)

    def _region(
        self, region: ImportedRegion, ids: Sequence[str], shown_order: Sequence[int]
    ) -> MarkedRegion:
        """A region of a picture, likewise."""
        place = _canonical_place(region.response, ids, shown_order)
        where = (place, region.message, region.image)
        box = (region.x, region.y, region.w, region.h)
        name = self._attached(region)
        return MarkedRegion(*where, *box, region.polarity, region.about, name, region.note)

    def _attached(self, mark: ImportedSpan | ImportedRegion) -> str:
        """What a mark is attached to, by the name it has here."""
        if mark.about == "criterion":
            return self._criterion(mark.name).key
        if mark.about == "principle" and self._rubrics is not None:
            self._rubrics.principle_key(f"P{mark.name}")
        return mark.name

    def _said(self, judgment: ImportedLabel) -> dict[str, object]:
        """What a label says, by the criterion's own key."""
        said: dict[str, object] = {}
        for key, value in (*judgment.values.items(), *judgment.answers.items()):
            criterion = self._criterion(key)
            if said.setdefault(criterion.key, value) != value:
                raise RowError(
                    f"judgments.{key}",
                    "Is answered twice, differently.",
                    value,
                    code=RefusalCode.TWICE,
                )
        return said

    def _named_ties(self, judgment: ImportedLabel) -> dict[str, str]:
        """Which ties a label names, by the criterion's own key."""
        ties: dict[str, str] = {}
        for key, kind in judgment.tie_kinds.items():
            before = ties.get(own := self._criterion(key).key, TieKind.UNSPECIFIED.value)
            if before == TieKind.UNSPECIFIED:
                ties[own] = kind
            elif kind not in (TieKind.UNSPECIFIED, before):
                raise RowError(
                    f"judgments.tie_kinds.{key}"[:120],
                    "Is called two different ties.",
                    kind,
                    code=RefusalCode.CONTRADICTION,
                )
        return ties

    def vote_json(self, label: Label, import_id: int) -> dict[str, object]:
        """A model's vote as it is kept on its task, by the keys of criteria.

        `import_id` is the import that brings it.
        """
        return {
            "model": label.rater,
            "values": as_submitted(label.answers),
            "side_only": [
                a.question.key for a in label.answers if a.question.pk in label.side_only
            ],
            "tie_kinds": {a.question.key: a.tie_kind for a in label.answers if a.tie_kind},
            "rationale": label.rationale,
            "at": label.at.isoformat() if label.at else None,
            "import": import_id,
        }

    def stored_votes(self, votes: Iterable[Mapping[str, Any]]) -> dict[Voice, Label]:
        """model -> its vote that is kept on a task."""
        stored = map(self._stored_vote, votes)
        return {vote.voice: vote for vote in stored}

    def _stored_vote(self, vote: Mapping[str, Any]) -> Label:
        known = {criterion.key: criterion for criterion in self.criteria}
        # A criterion that nobody has judged by may be gone since.
        answers = tuple(
            answer
            for key, value in vote["values"].items()
            if key in known
            for answer in from_submitted(known[key], value, vote["tie_kinds"].get(key, ""))
        )
        sides = frozenset(known[key].pk for key in vote["side_only"] if key in known)
        return Label(vote["model"], answers, "", None, sides)

    def _criterion(self, key: str) -> Criterion:
        criterion = self._by_key.get(key)
        if criterion is None:
            known = ", ".join(criterion.key for criterion in self.criteria)
            raise RowError(
                f"judgments.{key}"[:120],
                f"This project has no criterion “{key[:80]}”; it asks: {known}.",
                key,
                code=RefusalCode.UNKNOWN_CRITERION,
            )
        return criterion


def _canonical_place(
    response: str | int, ids: Sequence[str], shown_order: Sequence[int]
) -> int | None:
    """The canonical place of the response that a mark names, None for the prompt."""
    return None if response == "" else shown_order[ids.index(str(response))]


def _draft(judgment: ImportedLabel, shown_order: Sequence[int]) -> LabelledText | None:
    """What a label wrote, of the canonical responses."""
    draft = judgment.draft
    if draft is None:
        return None
    place = shown_order[draft.edit_of - 1] if draft.edit_of else None
    counts = (draft.typed, draft.pasted)
    return LabelledText(draft.text, place, counts, draft.declared_assist, draft.external_id)
