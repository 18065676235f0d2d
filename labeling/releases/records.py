"""Tasks with their texts and judgments as they stood at a cut-off, for recipes and formats."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from django.db.models import Exists, OuterRef, Q

from labeling.datasets.metadata import released_metadata
from labeling.datasets.records import (
    HowWritten,
    JudgmentRecord,
    Rating,
    ResponseRecord,
    TaskRecord,
    Unrated,
)
from labeling.datasets.turns import turns_of
from labeling.models import Answer, Response, Writing
from labeling.models.judgments import JudgmentQuerySet
from labeling.models.writings import paste_ratio
from labeling.releases.later_turns import later_turns
from labeling.releases.marked import marks_of
from labeling.releases.principles import principle_names
from labeling.releases.selectors import Cutoff, Pseudonym, judged_tasks, standing_judgments
from labeling.vocabulary import ASKED_AS_REVIEW, Purpose, ReviewDecision, Strategy
from projects.models import Project
from projects.scales import DECISION, GATE, Scale

_CHUNK = 500
_WORD = Purpose.ADJUDICATION
#: What is known of a prompt in columns of its own: in a release it stands with the metadata.
_KNOWN = {
    "difficulty": "difficulty",
    "licence": "licence",
    "author": "author",
    "topics": "sensitivity",
    "source": "source",
    "group": "group",
    "permitted_use": "permitted_use",
}

_LICENCE, _USE = (tuple(_KNOWN).index(name) for name in ("licence", "permitted_use"))

_TASK_COLUMNS = (
    "pk",
    "external_id",
    "response_ids",
    "prompt__external_id",
    "prompt__messages",
    "prompt__category",
    "prompt__language",
    "prompt__metadata",
    "kind",
    "reviews",
    "follows",
    "reply",
    "prompt__conversation",
    "prompt__turn",
    *(f"prompt__{column}" for column in _KNOWN.values()),
)


def task_records(
    project: Project,
    cutoff: Cutoff,
    pseudonym: Pseudonym,
    reviewers: Collection[int] = (),
    *,
    edits_upto: int | None = None,
) -> Iterator[TaskRecord]:
    """Every task that has a judgment that counts, with texts and judgments, `_CHUNK` in memory.

    Final words are marked, and what `reviewers` (user ids) judged before there were any. Edited
    responses take part up to the id `edits_upto`, all of them without one.
    """
    names = _Names(
        {criterion.pk: criterion.key for criterion in project.criteria.all()},
        {c.pk: c.scale for c in project.criteria.all() if c.scale.family == GATE},
        principle_names(project),
        pseudonym,
    )
    tasks = judged_tasks(project, cutoff).values_list(*_TASK_COLUMNS)
    # One query behind a server-side cursor: asking anew for every piece would look for the judged
    # tasks among all judgments each time.
    judged = tasks.order_by("pk").iterator(chunk_size=_CHUNK)
    while rows := list(islice(judged, _CHUNK)):
        responses = _responses([pk for row in rows for pk in row[2]])
        judgments = _judgments(project, cutoff, rows, names, frozenset(reviewers), responses)
        standing = standing_judgments(project, cutoff)
        turns = later_turns({row[0]: (row[10], row[11]) for row in rows if row[10]}, standing)
        edits = _edits(responses, standing, edits_upto, pseudonym)
        for pk, name, order, prompt, messages, category, language, metadata, *rest in rows:
            kind, reviews, _, _, conversation, turn, *known = rest
            after, off_path = turns.get(pk, ("", False))
            yield TaskRecord(
                id=name,
                prompt_id=prompt,
                messages=turns_of(messages),
                responses=tuple(responses[response] for response in order),
                judgments=tuple(judgments.get(pk, ())),
                category=category,
                language=language,
                edits=tuple(edit for response in order for edit in edits.get(response, ())),
                metadata=released_metadata({**metadata, **_known(known)}),
                kind=ASKED_AS_REVIEW if reviews else kind,
                conversation=conversation,
                turn=turn,
                after=after,
                off_path=off_path,
                licence=known[_LICENCE],
                permitted_use=known[_USE],
            )


def _known(values: Sequence[object]) -> dict[str, object]:
    """What is known of a prompt, of the values of its columns."""
    return {key: value for key, value in zip(_KNOWN, values, strict=True) if value}


def _responses(ids: Sequence[int]) -> dict[int, ResponseRecord]:
    columns = ("pk", "external_id", "content", "model", "messages", "judgment")
    rows: list[tuple[Any, ...]] = list(Response.objects.filter(pk__in=ids).values_list(*columns))
    writings = _writings([row[-1] for row in rows])
    return {
        pk: ResponseRecord(
            name, content, model, messages=turns_of(messages), writing=writings.get(judgment)
        )
        for pk, name, content, model, messages, judgment in rows
    }


def _writings(judgments: Sequence[int | None]) -> dict[int | None, HowWritten]:
    """How the texts of some judgments were written, by judgment."""
    written = [judgment for judgment in judgments if judgment]
    if not written:
        return {}
    columns = ("judgment_id", "typed", "pasted", "declared_assist")
    rows = Writing.objects.filter(judgment__in=written).values_list(*columns)
    return {row[0]: HowWritten(paste_ratio(row[1], row[2]), row[3]) for row in rows}


def _with_that_of(original: ResponseRecord, own: HowWritten | None) -> HowWritten | None:
    """How an edit came about: where nobody counted, as the text that it was made from."""
    before = original.writing
    if own is None or before is None:
        return own
    ratio = before.paste_ratio if own.paste_ratio is None else own.paste_ratio
    return HowWritten(ratio, own.declared_assist or before.declared_assist)


def _reviewed(
    edits: Sequence[int], standing: JudgmentQuerySet
) -> tuple[frozenset[int], dict[int, tuple[Any, ...]]]:
    """Which edits a second person rejected, and name, text and turns of those they improved."""
    if not edits:
        return frozenset(), {}
    reviews = standing.filter(task__reviews__in=edits)
    rejections = Answer.objects.filter(
        judgment__in=reviews, criterion__scale_key=DECISION, value=ReviewDecision.REJECT
    )
    rejected = rejections.values_list("judgment__task__reviews", flat=True)
    improved = Response.objects.filter(edited_from__in=edits, judgment__in=reviews).order_by("pk")
    rows: Iterable[tuple[Any, ...]] = improved.values_list(
        "edited_from", "external_id", "content", "messages"
    )
    return frozenset(rejected), {row[0]: row[1:] for row in rows}


def _edits(
    responses: Mapping[int, ResponseRecord],
    standing: JudgmentQuerySet,
    upto: int | None,
    pseudonym: Pseudonym,
) -> dict[int, list[ResponseRecord]]:
    """What people improved some responses into, by the response.

    What was written here takes part only while the judgment that it came with does.
    """
    by_response: dict[int, list[ResponseRecord]] = {}
    written = Exists(standing.filter(pk=OuterRef("judgment")))
    rows = Response.objects.filter(edited_from__in=list(responses)).order_by("pk")
    rows = rows.filter(Q(judgment__isnull=True) | written)
    if upto is not None:
        rows = rows.filter(pk__lte=upto)
    columns = ("pk", "edited_from", "external_id", "content", "model", "messages", "judgment")
    texts: list[tuple[Any, ...]] = list(rows.values_list(*columns))
    writings = _writings([row[-1] for row in texts])
    rejected, better = _reviewed([row[0] for row in texts if row[-1] in writings], standing)
    for pk, origin, name, content, model, messages, written_in in texts:
        original, writing = responses[origin], writings.get(written_in)
        name, content, messages = better.get(pk, (name, content, messages))
        edit = ResponseRecord(
            *(name, content, model, original.id, turns_of(messages)),
            judgment=pseudonym("judgment", written_in) if written_in else "",
            writing=_with_that_of(original, writing),
            rejected=pk in rejected,
        )
        by_response.setdefault(origin, []).append(edit)
    return by_response


_JUDGMENT_COLUMNS = (
    "pk",
    "task_id",
    "rater_id",
    "rationale",
    "flags",
    "principles",
    "guideline__number",
    "rubric__number",
    "purpose",
    "source",
    "strategy",
    "selection_probability",
    "assignment__shown_order",
    "active_ms",
    "idle_ms",
    "times_cut",
    "created_at",
    "reasons",
    "none_fits",
)
#: What stands among the principles of a judgment where its rater says that none fits.
_NONE_FITS = ("none",)


def _judgments(
    project: Project,
    cutoff: Cutoff,
    tasks: Sequence[tuple[Any, ...]],
    names: _Names,
    reviewers: frozenset[int],
    texts: Mapping[int, ResponseRecord],
) -> dict[int, list[JudgmentRecord]]:
    """The judgments of some tasks, by task."""
    standing = standing_judgments(project, cutoff).filter(task__in=[task[0] for task in tasks])
    rows: list[tuple[Any, ...]] = list(standing.values_list(*_JUDGMENT_COLUMNS))
    task_of = {row[0]: row[1] for row in rows}
    answers, written = _answers(task_of, tasks, names), _written(task_of, tasks)
    marks = marks_of(task_of, tasks, texts)
    pseudonym, upto = names.pseudonym, project.reviewed_upto
    by_task: dict[int, list[JudgmentRecord]] = {}
    for row in rows:
        pk, task, rater, rationale, flags, principles, guideline, rubric, *rest = row
        purpose, source, strategy, probability, shown, active, idle, cut, *last = rest
        created, reasons, none_fits = last
        # Nobody drew an order for a final word, or watched what was imported. Who judges without a
        # script, or by a program that does not say, sends a time of 0.
        seen = strategy not in {Strategy.IMPORTED, Strategy.CHOSEN}
        timed = strategy != Strategy.IMPORTED and not cut and active > 0
        by_task.setdefault(task, []).append(
            JudgmentRecord(
                id=pseudonym("judgment", pk),
                rater=pseudonym("rater", rater),
                **answers[pk].parts(),
                rationale=rationale,
                flags=tuple(map(str, flags)),
                principles=_NONE_FITS if none_fits else tuple(map(str, principles)),
                guideline_version=guideline or 0,
                rubric_version=rubric or 0,
                purpose=purpose,
                source=source,
                strategy=strategy,
                probability=probability if seen else None,
                shown=tuple(shown) if seen else (),
                active_ms=active if timed else None,
                idle_ms=idle if timed else None,
                times_cut=cut,
                created_at=_iso(created),
                adjudicates=purpose == _WORD or (pk <= upto and rater in reviewers),
                reasons=tuple(map(str, reasons)),
                **marks.get(pk, {}),
                **written.get(pk, {}),
            )
        )
    return by_task


def _written(
    judgments: Mapping[int, int], tasks: Sequence[tuple[Any, ...]]
) -> dict[int, dict[str, Any]]:
    """What was written in some judgments, by judgment, as parts of its record: an answer, or a
    response improved or left as it was. `judgments` says which task each is of."""
    order = {task[0]: task[2] for task in tasks}
    parts: dict[int, dict[str, Any]] = {}
    rows: Iterable[tuple[Any, ...]] = Writing.objects.filter(
        judgment__in=list(judgments)
    ).values_list(
        *("judgment_id", "original_id", "typed", "pasted", "declared_assist"),
        *("judgment__texts__content", "judgment__texts__external_id"),
    )
    for judgment, original, typed, pasted, declared, text, text_id in rows:
        places = order[judgments[judgment]]
        parts[judgment] = {
            "text": text or "",
            "text_id": text_id or "",
            "edit_of": places.index(original) + 1 if original in places else 0,
            "writing": HowWritten(paste_ratio(typed, pasted), declared),
            "counted": (typed, pasted),
        }
    return parts


@dataclass(frozen=True, slots=True)
class _Names:
    """What keys of the database are called in a release."""

    criteria: dict[int, str]
    gates: dict[int, Scale]
    principles: dict[int, str]
    pseudonym: Pseudonym


@dataclass(slots=True)
class _Answers:
    """What one judgment answered: comparisons by criterion, and ratings of single responses."""

    values: dict[str, int] = field(default_factory=dict)
    tie_kinds: dict[str, str] = field(default_factory=dict)
    unsaid: dict[str, str] = field(default_factory=dict)
    ratings: list[Rating] = field(default_factory=list)
    unrated: list[Unrated] = field(default_factory=list)
    sides: list[str] = field(default_factory=list)
    stopped: bool = False

    def parts(self) -> dict[str, Any]:
        """The same as parts of a judgment's record."""
        return {
            "values": self.values,
            "tie_kinds": self.tie_kinds,
            "unsaid": self.unsaid,
            "ratings": tuple(self.ratings),
            "unrated": tuple(self.unrated),
            "side_only": tuple(sorted(self.sides)),
            "stopped": self.stopped,
        }


def _answers(
    judgments: Mapping[int, int], tasks: Sequence[tuple[Any, ...]], names: _Names
) -> defaultdict[int, _Answers]:
    """The answers of some judgments, by judgment; `judgments` says which task each is of."""
    # Tasks may share a response, each in a place of its own.
    places = {task[0]: {pk: index for index, pk in enumerate(task[2])} for task in tasks}
    by_judgment: defaultdict[int, _Answers] = defaultdict(_Answers)
    rows: Iterable[tuple[Any, ...]] = Answer.objects.filter(judgment_id__in=judgments).values_list(
        *("judgment_id", "criterion_id", "response_id", "principle_id"),
        *("value", "tie_kind", "unsaid", "side_only"),
    )
    for judgment, criterion, response, principle, value, tie, unsaid, side_only in rows:
        key, answers = names.criteria[criterion], by_judgment[judgment]
        if response is not None:
            rule = names.principles[principle] if principle else ""
            place = places[judgments[judgment]]
            if value is None:
                answers.unrated.append(Unrated(key, place[response], unsaid, rule))
            else:
                answers.ratings.append(Rating(key, place[response], value, rule))
        elif value is None:
            answers.unsaid[key] = unsaid
        else:
            answers.values[key] = value
            if criterion in names.gates:
                answers.stopped = names.gates[criterion].stops(value)
            if tie:
                answers.tie_kinds[key] = tie
            if side_only:
                answers.sides.append(key)
    return by_judgment


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
