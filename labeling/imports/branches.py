"""Later turns of conversations: which task each follows, and links of tasks that are there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from django.db.models import F
from msgspec.structs import replace

from labeling.datasets.records import Message
from labeling.datasets.rows import Follows, ImportRow, Refusal, RefusalCode, RowError
from labeling.datasets.turns import turns_of, without_parts
from labeling.imports.targets import Target
from labeling.models import Response, Task
from labeling.vocabulary import TaskKind
from projects.models import Project

_CHOOSING = (TaskKind.COMPARE.value, TaskKind.RANK.value)
_ALONE = (
    "The turn that it follows is not in the project with this response, so that it is a turn by "
    "itself, which anybody gets."
)
_AT_WORK = (
    "This turn is in the project as one that anybody gets, and people have it or judged it, so "
    "that it stays one."
)

#: Of which conversation a turn is which, and the id of one of its responses.
_Spot = tuple[object, object, str]


class _Reply(NamedTuple):
    """A reply that may have carried a conversation on: its task, and what was said up to it."""

    row_id: str
    said: Sequence[Message]


def with_parents(project: Project, rows: Sequence[ImportRow]) -> list[ImportRow]:
    """The rows, those that follow a reply of a turn that they do not name with its id.

    It is the turn before of their conversation, whose prompt and reply their own prompt begins
    with. Where there is none, the row says so and follows nothing.
    """
    seeking = [row for row in rows if row.follows and not row.follows.row_id]
    if not seeking:
        return list(rows)
    replies: dict[_Spot, list[_Reply]] = {}
    for spot, reply in (*_of_rows(rows), *_stored(project, seeking)):
        replies.setdefault(spot, []).append(reply)
    return [_with_parent(row, replies) for row in rows]


def _with_parent(row: ImportRow, replies: Mapping[_Spot, Sequence[_Reply]]) -> ImportRow:
    if row.follows is None or row.follows.row_id:
        return row
    turn = row.about.get("turn")
    before = turn - 1 if isinstance(turn, int) else None
    asked = without_parts(row.messages)
    for reply in replies.get((row.about.get("conversation"), before, row.follows.response_id), ()):
        if asked[: len(reply.said)] == tuple(reply.said):
            follows = Follows(reply.row_id, row.follows.response_id, is_needed=False)
            return replace(row, follows=follows)
    return replace(row, follows=None, left_out=(*row.left_out, _left_out(row, _ALONE)))


def _left_out(row: ImportRow, reason: str) -> Refusal:
    return Refusal(row.line, "after", reason, code=RefusalCode.MISSING)


def _of_rows(rows: Iterable[ImportRow]) -> Iterator[tuple[_Spot, _Reply]]:
    """The replies of these rows themselves."""
    for row in rows:
        place = (row.about.get("conversation"), row.about.get("turn"))
        if row.kind in _CHOOSING and all(place):
            for response in row.responses:
                own = response.messages or (Message("assistant", response.content),)
                said = without_parts((*row.messages, *own))
                yield (*place, response.external_id), _Reply(row.external_id, said)


def _stored(project: Project, rows: Sequence[ImportRow]) -> Iterator[tuple[_Spot, _Reply]]:
    """The replies of the project that these rows may follow."""
    names = {str(row.about["conversation"]) for row in rows if row.about.get("conversation")}
    ids = {row.follows.response_id for row in rows if row.follows}
    # In these words, the index of conversations answers.
    texts = Response.objects.filter(
        prompt__project=project, prompt__conversation__in=names, external_id__in=ids
    ).exclude(prompt__conversation="")
    tasks = texts.filter(judgment__isnull=True, prompt__tasks__kind__in=_CHOOSING).select_related(
        "prompt"
    )
    for text in tasks.annotate(task=F("prompt__tasks__external_id")).order_by("pk"):
        own = turns_of(text.messages) or (Message("assistant", text.content),)
        prompt = text.prompt
        said = without_parts((*turns_of(prompt.messages), *own))
        yield (prompt.conversation, prompt.turn, text.external_id), _Reply(text.task, said)


def link(wished: Target, row: ImportRow, targets: Mapping[str, Target]) -> None:
    """Says of a later turn which task it follows, and which of its responses went on.

    Raises RowError where that turn is not in the project, as where its own row was refused; one
    that may stand alone says so instead.
    """
    if row.follows is None:
        return
    target = targets.get(row.follows.row_id)
    ids = [response.external_id for response in target.responses] if target else []
    if target is not None and row.follows.response_id in ids:
        wished.follows, wished.reply = target, ids.index(row.follows.response_id)
    elif not row.follows.is_needed:
        wished.left_out = (*wished.left_out, _left_out(row, _ALONE))
    else:
        raise RowError(
            "after",
            f"The turn that it follows (“{row.follows.row_id}”) is not in the project with this "
            "response. Its own row may have been refused.",
            row.follows.response_id,
            code=RefusalCode.MISSING,
        )


def takes_link(target: Target, wished: Target, row: ImportRow) -> bool:
    """Whether a task that is there becomes a later turn; where it cannot, the row says so.

    Raises RowError where it follows another reply already.
    """
    parent = wished.follows
    if parent is None:
        return False
    if target.follows is not None or target.parent_id is not None:
        is_same = target.follows is parent or (
            target.parent_id is not None and target.parent_id == parent.task_id
        )
        if is_same and target.reply == wished.reply:
            return False
        raise RowError(
            "after",
            "This turn is in the project after another reply. Import it under another id.",
            row.follows.response_id if row.follows else "",
            code=RefusalCode.CONTRADICTION,
        )
    if target.is_at_work:
        wished.left_out = (*wished.left_out, _left_out(row, _AT_WORK))
        return False
    return True


def keep_links(targets: Iterable[Target]) -> None:
    """Tells tasks which turn they follow now, and those turns that they are followed."""
    linked = [target for target in targets if target.follows]
    Task.objects.bulk_update(
        [
            Task(pk=t.task_id, follows_id=t.follows.task_id, reply=t.reply)
            for t in linked
            if t.follows and t.has_new_link
        ],
        ["follows", "reply"],
    )
    parents = {t.follows.task_id for t in linked if t.follows and not t.follows.continues}
    if parents:
        Task.objects.filter(pk__in=parents).update(continues=True)
