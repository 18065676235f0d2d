"""Tasks as an import finds them or will make them, and what a row means for each."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef
from msgspec.structs import replace

from labeling.allocation import canonical_order
from labeling.datasets.readers import limits
from labeling.datasets.readers.identity import group_key, response_keys
from labeling.datasets.readers.seen import id_apart
from labeling.datasets.records import Message
from labeling.datasets.rows import ImportedResponse, ImportRow, Refusal, RefusalCode, RowError
from labeling.datasets.turns import turns_of, without_parts
from labeling.imports.known import stored_about, stored_prompt_about
from labeling.imports.labels import Label, stored_labels
from labeling.models import Assignment, Judgment, Prompt, Response, Task
from labeling.vocabulary import AssignmentState, TaskKind
from projects.models import Project

_JUDGED = (
    "This task is in the project with a different text and has been judged. Its text cannot "
    "change any more; import the new text under a new id."
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
_AS: Mapping[str, str] = {
    TaskKind.COMPARE: "a comparison",
    TaskKind.RANK: "a ranking",
    TaskKind.RATE: "a rating",
    TaskKind.RULE: "a check of rules",
    TaskKind.WRITE: "a text to write",
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
    another, which `continues` then, at the response of the canonical index `reply`.
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
    known: dict[str, Label] = field(default_factory=dict)
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
    continues: bool = False
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
            f"This task is in the project as {_AS[target.kind]}. Give the row another id to have "
            f"{_AS[wished.kind]} of it too.",
            wished.kind,
            code=RefusalCode.CONTRADICTION,
        )
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


def new_labels(said: Iterable[Label], known: Mapping[str, Label]) -> list[Label]:
    """The labels that are not on record yet. Raises RowError where one contradicts the record."""
    fresh = []
    for label in said:
        before = known.get(label.rater)
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
    tasks = _locked_tasks(project, ids, now)
    prompts = {
        prompt.external_id: prompt
        for prompt in Prompt.objects.filter(project=project, external_id__in=ids)
    }
    contents = _responses(tasks.values())
    labels = [label for row in rows for label in row.judgments]
    has_regions = any(label.regions for label in labels)
    known = stored_labels(tasks.values(), with_regions=has_regions) if labels else {}
    targets = {}
    for external_id in tasks.keys() | prompts.keys():
        task, prompt = tasks.get(external_id), prompts.get(external_id)
        if task is None or prompt is None or task.prompt_id != prompt.pk:
            targets[external_id] = Target(external_id, (), [], "", "", {}, frozen=_TAKEN)
        else:
            targets[external_id] = _stored_target(task, prompt, contents, known.get(task.pk, {}))
    return targets


class TaskApart(NamedTuple):
    """A task under the id that a row would have as another kind of task, and of which prompt."""

    kind: str
    group_key: str


def tasks_apart(project: Project, rows: Iterable[ImportRow]) -> dict[str, TaskApart]:
    """external id -> the task in play, for the ids under which these rows may stand otherwise."""
    ids = {other for row in rows for other in row.apart}
    if not ids:
        return {}
    tasks = Task.objects.in_play().filter(project=project, external_id__in=ids)
    rows_of = tasks.values_list("external_id", "kind", "prompt__group_key")
    return {external_id: TaskApart(kind, key) for external_id, kind, key in rows_of}


def check_alone(row: ImportRow, others: Mapping[str, TaskApart]) -> None:
    """Raises RowError where the row is in the project as another kind of task: never both."""
    ids = [other for other in row.apart if other in others]
    key = group_key(row.messages, row.responses) if ids else ""
    standing = [i for i in ids if others[i].kind != row.kind and others[i].group_key == key]
    if not standing:
        return
    if row.kind == TaskKind.COMPARE:
        reason = (
            f"The responses of its row are in the project as {_AS[others[standing[0]].kind]} "
            f"(“{standing[0]}”): one row is never both. Withdraw that task to compare its pairs."
        )
    else:
        reason = (
            f"Pairs of its responses are comparisons in the project already (such as "
            f"“{standing[0]}”): one row is never both. Withdraw those tasks, or keep the pairs: "
            "import the file without a kind, or as compare."
        )
    raise RowError("kind", reason, row.external_id, code=RefusalCode.CONTRADICTION)


def _locked_tasks(project: Project, ids: list[str], now: datetime) -> dict[str, Task]:
    mine = Task.objects.filter(project=project, external_id__in=ids).order_by("pk")
    list(mine.select_for_update(of=("self",)).values_list("pk"))
    leased = Assignment.objects.filter(
        task=OuterRef("pk"), state=AssignmentState.LEASED, lease_expires_at__gt=now
    )
    judged = Judgment.objects.filter(task=OuterRef("pk"))
    tasks = mine.annotate(judged=Exists(judged), leased=Exists(leased))
    return {task.external_id: task for task in tasks}


def _responses(tasks: Iterable[Task]) -> dict[int, Response]:
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


def _stored_target(
    task: Task, prompt: Prompt, responses: Mapping[int, Response], known: dict[str, Label]
) -> Target:
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
        kind=task.kind,
        about=stored_prompt_about(prompt),
        response_ids=list(task.response_ids),
        continues=task.continues,
        import_id=task.import_job_id,
        order_before=task.source_order,
    )
