"""Tasks as an import finds them or will make them, and what a row means for each."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from msgspec.structs import replace

from labeling.allocation import canonical_order
from labeling.datasets.readers import limits
from labeling.datasets.readers.identity import response_keys
from labeling.datasets.readers.seen import id_apart
from labeling.datasets.records import Message
from labeling.datasets.rows import ImportedResponse, ImportRow, Refusal, RefusalCode, RowError
from labeling.datasets.turns import turns_of, without_parts
from labeling.imports.known import stored_about, stored_prompt_about
from labeling.imports.labels import Label, Voice, stored_labels
from labeling.models import Assignment, Judgment, Prompt, Response, Task
from labeling.vocabulary import ASKED_AS_REVIEW, HOLDING_STATES, Strategy, TaskKind
from labeling.vocabulary import AssignmentState as State
from projects.models import Project

_JUDGED = (
    "This task is in the project with a different text and has been judged, or is gold. Its text "
    "cannot change any more; import the new text under a new id."
)
_BUSY = (
    "This task is in the project with a different text, and a rater has it on the screen. Import "
    "the row again later, or under a new id."
)
_CONTINUED = (
    "This turn is in the project with a different text, and the conversation goes on from it. Its "
    "text cannot change any more; import the conversation under new ids."
)
_TAKEN = (
    "This id is used in the project by something that is not one task with its prompt. Give the "
    "row another id."
)
#: What a task of each kind is called.
CALLED: Mapping[str, str] = {
    TaskKind.COMPARE: "a comparison",
    TaskKind.RANK: "a ranking",
    TaskKind.RATE: "a rating",
    TaskKind.RULE: "a check of rules",
    TaskKind.WRITE: "a text to write",
    ASKED_AS_REVIEW: "the review of a text",
}

#: What further rows of a task say about it where they say something else than its first row.
OTHER_ROWS = "other_rows"


class Change(StrEnum):
    """What a row does to a task; the order is that of weight."""

    NONE = "none"
    ABOUT = "about"
    TEXT = "text"
    NEW = "new"


@dataclass(slots=True)
class Target:
    """A task as it will be after the batch; `responses` are in canonical order.

    `prompt` and `stored` are what the database had of it, if anything, and the ids what it has;
    `frozen` says why its text may not change; `known` and `labels` are the labels on record, by
    rater, and the new ones; `votes` are those of models as they are kept, old and new.
    `is_repeat`: what the row on this line says about the task is beside what an earlier row of its
    file said; `left_out` of it was what cannot be stored. `import_id` is the import that made the
    task, `order_before` its order of the source as it was stored.
    `kind` is the kind of the task, `principle_key` the one principle that it asks about;
    `response_ids` are those of the database, in canonical order.
    `source_order[i]` is the canonical index of the response at place i of its first row, empty
    where that is not known; `names_model[i]` is whether the response at that canonical place says
    which model wrote it, of what a row of the batch changes. A later turn `follows` the task of
    another, which `continues` then, at the response of the canonical index `reply`;
    `parent_id` is that task as it is stored, and `is_at_work` whether people have it or judged it.
    A review has the `text` that it reviews.
    """

    external_id: str
    messages: tuple[Message, ...]
    responses: list[ImportedResponse]
    category: str
    language: str
    metadata: Mapping[str, object]
    prompt: Prompt | None = None
    prompt_id: int = 0
    task_id: int = 0
    stored: list[Response] = field(default_factory=list)
    frozen: str = ""
    known: dict[Voice, Label] = field(default_factory=dict)
    labels: list[Label] = field(default_factory=list)
    votes: list[dict[str, Any]] = field(default_factory=list)
    has_new_votes: bool = False
    source_order: list[int] = field(default_factory=list)
    has_new_order: bool = False
    import_id: int | None = None
    order_before: list[int] | None = None
    change: Change = Change.NONE
    is_repeat: bool = False
    line: int = 0
    left_out: tuple[Refusal, ...] = ()
    kind: str = TaskKind.COMPARE.value
    about: Mapping[str, object] = field(default_factory=dict)
    principle_key: str = ""
    response_ids: list[int] = field(default_factory=list)
    follows: Target | None = None
    reply: int | None = None
    parent_id: int | None = None
    has_new_link: bool = False
    is_at_work: bool = False
    continues: bool = False
    text: Response | None = None
    names_model: list[bool] = field(default_factory=list)

    def takes(self, wished: Target, change: Change) -> None:
        """Becomes as wished; a heavier change of the same batch stays the heavier one."""
        self.messages, self.responses = wished.messages, wished.responses
        self.names_model = wished.names_model
        self.category, self.language = wished.category, wished.language
        self.metadata, self.about = wished.metadata, wished.about
        if change is Change.TEXT:
            self.source_order = wished.source_order
        if Change.NEW != self.change != Change.TEXT:
            self.change = change

    def links(self, wished: Target) -> None:
        """Becomes the later turn that is wished."""
        self.follows, self.reply, self.has_new_link = wished.follows, wished.reply, True

    def hears(self, labels: Sequence[Label], votes: Sequence[dict[str, Any]]) -> None:
        """Takes new labels of people, and votes of models."""
        self.labels += labels
        self.known |= {label.voice: label for label in labels}
        self.votes += votes
        self.has_new_votes |= bool(votes)


def planned(row: ImportRow, salt: str) -> Target:
    """The task that a row would make, its responses in the project's canonical order."""
    keys = [f"{row.external_id}/{response.external_id}" for response in row.responses]
    order = canonical_order(salt, keys)
    return Target(
        external_id=row.external_id,
        messages=row.messages,
        responses=[row.responses[index] for index in order],
        category=row.category,
        language=row.language,
        metadata=row.metadata,
        source_order=[order.index(place) for place in range(len(order))],
        change=Change.NEW,
        is_repeat=row.earlier_line > 0,
        line=row.line,
        left_out=row.left_out,
        kind=row.kind,
        about=row.about,
    )


def merged(target: Target, wished: Target) -> tuple[Change, Target]:
    """What a row changes in a task that is there, and the state that it should get.

    Where the text is the same, the stored responses keep their ids and places. Raises RowError
    where the text differs and may not change any more.
    """
    if target.prompt_id and target.kind != wished.kind:
        raise RowError(
            "kind",
            f"This task is in the project as {CALLED[target.kind]}. Give the row another id to "
            f"have {CALLED[wished.kind]} of it too.",
            wished.kind,
            code=RefusalCode.CONTRADICTION,
        )
    if wished.text is not None:
        # The text is another row's, and so is what is known of its prompt.
        return Change.NONE, _as_it_is(target, wished)
    keys = response_keys(target.responses)
    known = {
        key: (response.model, response.about)
        for key, response in zip(response_keys(wished.responses), wished.responses, strict=True)
    }
    if not _is_same_text(target, wished):
        if target.frozen:
            raise RowError("id", target.frozen, target.external_id, code=RefusalCode.IN_USE)
        return Change.TEXT, wished
    wished.responses = [
        replace(response, model=known[key][0], about=known[key][1])
        for response, key in zip(target.responses, keys, strict=True)
    ]
    _add_about(target, wished)
    about = (wished.category, wished.language, wished.metadata, wished.about, wished.responses)
    mine = (target.category, target.language, target.metadata, target.about, target.responses)
    return (Change.NONE if about == mine else Change.ABOUT), wished


def _as_it_is(target: Target, wished: Target) -> Target:
    for name in ("messages", "responses", "metadata", "about", "category", "language"):
        setattr(wished, name, getattr(target, name))
    return wished


def _add_about(target: Target, wished: Target) -> None:
    """What a row says about a task, with what other rows of the same task have said before.

    Several rows of a file may be one task, each with its worker, its seconds, its category: the
    first one's are the task's, those of the others that differ stand beside them. So the same file
    again changes nothing, in whatever order its rows come.
    """
    others = target.metadata.get(OTHER_ROWS)
    others = list(others) if isinstance(others, list) else []
    own = {name: value for name, value in target.metadata.items() if name != OTHER_ROWS}
    before = {
        **own,
        **target.about,
        **{"category": target.category, "language": target.language},
    }
    said = {
        **wished.metadata,
        **wished.about,
        **{"category": wished.category, "language": wished.language},
    }
    beside = {
        name: value for name, value in said.items() if value not in ("", None, before.get(name))
    }
    is_said = beside in others or (wished.is_repeat and not beside)
    if not (wished.is_repeat or is_said):
        if others:
            wished.metadata = {OTHER_ROWS: others, **wished.metadata}
        return
    wished.category, wished.language = target.category, target.language
    wished.metadata, wished.about = target.metadata, target.about
    if not is_said:
        more = {**own, OTHER_ROWS: [*others, beside]}
        if len(others) < limits.MAX_JUDGMENTS and len(json.dumps(more)) <= limits.MAX_METADATA:
            wished.metadata = more
        else:
            wished.left_out = (*wished.left_out, _too_much_about(wished.line))


def _too_much_about(line: int) -> Refusal:
    reason = (
        "Is left out: with what the other rows of this text say about their task it is more than "
        f"{limits.MAX_JUDGMENTS} rows, or {limits.MAX_METADATA:,} characters."
    )
    return Refusal(line, "metadata", reason, code=RefusalCode.TOO_LONG)


def _is_same_text(target: Target, wished: Target | ImportRow) -> bool:
    same_prompt = without_parts(wished.messages) == without_parts(target.messages)
    return same_prompt and {*response_keys(target.responses)} == {*response_keys(wished.responses)}


def addressed(row: ImportRow, targets: Mapping[str, Target]) -> ImportRow:
    """The row under the id of the task that it is, or will be.

    Of the pairs of a question that share its id, the first one that ever came has it alone, in
    whatever order and file the others come.
    """
    if not row.shared_id:
        return row
    apart, first = id_apart(row), targets.get(row.shared_id)
    if apart in targets or (first is not None and not _is_same_text(first, row)):
        return replace(row, external_id=apart)
    return replace(row, external_id=row.shared_id) if first is not None else row


def new_labels(said: Iterable[Label], known: Mapping[Voice, Label]) -> list[Label]:
    """The labels that are not on record yet. Raises RowError where one contradicts the record."""
    fresh = []
    for label in said:
        before = known.get(label.voice)
        if before is None:
            fresh.append(label)
        elif not label.says_no_more_than(before):
            raise RowError(
                "judgments",
                f"“{label.rater}” is on record with another answer for this task; labels are "
                "never overwritten.",
                label.rater,
                code=RefusalCode.CONTRADICTION,
            )
    return fresh


def stored_targets(project: Project, rows: Iterable[ImportRow], now: datetime) -> dict[str, Target]:
    """external id -> the task of that id, locked, for those rows whose task is there.

    An id that names a prompt but no task, or tasks apart from their prompt, is frozen for good.
    """
    rows = list(rows)
    ids = [row.external_id for row in rows]
    ids += [id for row in rows if row.shared_id for id in (row.shared_id, id_apart(row))]
    ids += [row.follows.row_id for row in rows if row.follows]
    tasks = locked_tasks(Task.objects.filter(project=project, external_id__in=ids), now)
    prompts = {
        prompt.external_id: prompt
        for prompt in Prompt.objects.filter(project=project, external_id__in=ids)
    }
    contents = responses_of(tasks.values())
    known = known_labels(tasks.values(), rows)
    targets = {}
    for external_id in tasks.keys() | prompts.keys():
        task, prompt = tasks.get(external_id), prompts.get(external_id)
        if task is None or prompt is None or task.prompt_id != prompt.pk:
            targets[external_id] = taken_target(external_id)
        else:
            targets[external_id] = stored_target(task, prompt, contents, known.get(task.pk, {}))
    return targets


def known_labels(tasks: Iterable[Task], rows: Iterable[ImportRow]) -> dict[int, dict[Voice, Label]]:
    """The labels on record of tasks, by id and rater, as far as those of rows may speak of them."""
    labels = [label for row in rows for label in row.judgments]
    if not labels:
        return {}
    has_regions, has_texts = (any(getattr(x, n) for x in labels) for n in ("regions", "draft"))
    return stored_labels(tasks, with_regions=has_regions, with_texts=has_texts)


def taken_target(external_id: str) -> Target:
    """What stands for an id that is something else in the project, for good."""
    return Target(external_id, (), [], "", "", {}, frozen=_TAKEN)


def locked_tasks(mine: QuerySet[Task], now: datetime) -> dict[str, Task]:
    """external id -> each of these tasks, locked, with what keeps its text from changing."""
    mine = mine.order_by("pk")
    list(mine.select_for_update(of=("self",)).values_list("pk"))
    leased = Assignment.objects.filter(
        task=OuterRef("pk"), state=State.LEASED, lease_expires_at__gt=now
    )
    judged = Judgment.objects.filter(task=OuterRef("pk"))
    known = Exists(Task.objects.filter(gold_of=OuterRef("pk")))
    by_people = Assignment.objects.exclude(strategy=Strategy.IMPORTED)
    at_work = by_people.filter(task=OuterRef("pk"), state__in=HOLDING_STATES)
    said = {"judged": Exists(judged) | known, "leased": Exists(leased), "at_work": Exists(at_work)}
    return {task.external_id: task for task in mine.annotate(**said)}


def responses_of(tasks: Iterable[Task]) -> dict[int, Response]:
    """The responses of tasks by id."""
    ids = [pk for task in tasks for pk in task.response_ids]
    return Response.objects.in_bulk(ids) if ids else {}


def _frozen(task: Task) -> str:
    """Why its text may not change, "" where it may."""
    # A model's vote speaks of this text as a judgment does.
    if getattr(task, "judged", False) or task.model_votes:
        return _JUDGED
    if task.continues or task.follows_id:
        return _CONTINUED
    return _BUSY if getattr(task, "leased", False) else ""


def stored_target(
    task: Task, prompt: Prompt, responses: Mapping[int, Response], known: dict[Voice, Label]
) -> Target:
    """A task as it is in the project."""
    stored = [responses[pk] for pk in task.response_ids]
    return Target(
        external_id=task.external_id,
        messages=turns_of(prompt.messages),
        responses=[
            ImportedResponse(
                r.external_id, r.model, r.content, turns_of(r.messages), stored_about(r)
            )
            for r in stored
        ],
        category=prompt.category,
        language=prompt.language,
        metadata=prompt.metadata,
        prompt=prompt,
        prompt_id=prompt.pk,
        task_id=task.pk,
        stored=stored,
        frozen=_frozen(task),
        known=dict(known),
        votes=list(task.model_votes),
        source_order=list(task.source_order or ()),
        kind=task.asked_as,
        about=stored_prompt_about(prompt),
        response_ids=list(task.response_ids),
        parent_id=task.follows_id,
        reply=task.reply,
        is_at_work=getattr(task, "at_work", False),
        continues=task.continues,
        import_id=task.import_job_id,
        order_before=task.source_order,
    )
