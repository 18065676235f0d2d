"""What an import changes in tasks that are there: kept as it was, put back when it is undone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Exists, F, OuterRef
from django.db.models.functions import Least

from labeling.imports.known import PROMPT_COLUMNS, RESPONSE_COLUMNS
from labeling.imports.targets import Change, Target
from labeling.models import ImportedChange, Prompt, Response, Task
from labeling.models.removal import delete_right_answers

_ABOUT = ("category", "language", "metadata", *PROMPT_COLUMNS)
_OF_RESPONSE = (
    *("external_id", "content", "messages", "model", *RESPONSE_COLUMNS),
    "names_model",
)


def replaced_by(target: Target) -> dict[str, Any]:
    """What the batch is about to replace in a task that is there, as the database has it."""
    prompt = target.prompt
    before: dict[str, Any] = {}
    if prompt is None:
        return before
    if target.change in {Change.ABOUT, Change.TEXT}:
        before["about"] = {name: getattr(prompt, name) for name in _ABOUT}
        before["models"] = {str(response.pk): response.model for response in target.stored}
        before["known"] = {
            str(response.pk): {
                name: getattr(response, name) for name in (*RESPONSE_COLUMNS, "names_model")
            }
            for response in target.stored
        }
    if target.has_new_order or target.change is Change.TEXT:
        before["order"] = target.order_before
    if target.change is Change.TEXT:
        before["messages"], before["group_key"] = prompt.messages, prompt.group_key
        before["responses"] = [
            [getattr(response, name) for name in _OF_RESPONSE] for response in target.stored
        ]
    if target.has_new_votes:
        before["votes"] = True
    if target.has_new_link:
        before["link"] = True
    return before


def keep_changes(
    import_id: int, before: Mapping[int, Mapping[str, Any]], raised: Mapping[int, int]
) -> None:
    """Keeps by task id what an import replaced and how many places it added.

    Of what it replaces twice, the first is what was there before it.
    """
    ids = before.keys() | raised.keys()
    if not ids:
        return
    rows = ImportedChange.objects.filter(import_job=import_id, task__in=ids)
    known = {row.task_id: row for row in rows}
    for task_id, row in known.items():
        added = before.get(task_id, {})
        right = [*row.before.get(ImportedChange.RIGHT, []), *added.get(ImportedChange.RIGHT, [])]
        row.before = {**added, **row.before} | ({ImportedChange.RIGHT: right} if right else {})
        row.raised += raised.get(task_id, 0)
    ImportedChange.objects.bulk_update(known.values(), ["before", "raised"])
    ImportedChange.objects.bulk_create(
        ImportedChange(
            import_job_id=import_id,
            task_id=task_id,
            before=dict(before.get(task_id, {})),
            raised=raised.get(task_id, 0),
        )
        for task_id in sorted(ids - known.keys())
    )


def put_back_changes(changes: Sequence[ImportedChange], import_id: int) -> None:
    """Gives tasks back what an import had replaced, and takes what it had added to them.

    Its labels are gone by then; places that it added go as far as nobody holds them.
    """
    for change in changes:
        _put_back(change, import_id)
    ImportedChange.objects.filter(pk__in=[change.pk for change in changes]).delete()


def _put_back(change: ImportedChange, import_id: int) -> None:
    task = (
        Task.objects.select_for_update(of=("self",)).select_related("prompt").get(pk=change.task_id)
    )
    before, columns = change.before, {}
    if "about" in before:
        Prompt.objects.filter(pk=task.prompt_id).update(**before["about"])
        for pk, model in before["models"].items():
            known = before.get("known", {}).get(pk, {})
            Response.objects.filter(pk=int(pk)).update(model=model, **known)
    if "order" in before:
        columns["source_order"] = before["order"]
    if "votes" in before:
        columns["model_votes"] = [v for v in task.model_votes if v.get("import") != import_id]
    if ImportedChange.RIGHT in before:
        delete_right_answers(before[ImportedChange.RIGHT])
    if "link" in before:
        columns["follows"] = columns["reply"] = None
    if "responses" in before:
        columns["response_ids"] = _put_text_back(task, before)
    if columns:
        Task.objects.filter(pk=task.pk).update(**columns)
    if "link" in before:
        others = Task.objects.filter(follows=OuterRef("pk"))
        Task.objects.filter(pk=task.follows_id or 0).exclude(Exists(others)).update(continues=False)
    if change.raised:
        free = Least(F("open_slots"), change.raised, F("overlap") - 1)
        bounded = Task.objects.filter(pk=task.pk, open_slots__isnull=False)
        bounded.update(overlap=F("overlap") - free, open_slots=F("open_slots") - free)


def _put_text_back(task: Task, before: Mapping[str, Any]) -> list[int]:
    """The ids of the responses as they were, in canonical order."""
    Prompt.objects.filter(pk=task.prompt_id).update(
        messages=before["messages"], group_key=before["group_key"], html="", html_version=0
    )
    Response.objects.filter(prompt=task.prompt_id).delete()
    responses = Response.objects.bulk_create(
        # An import of before there was more to keep kept the first of them.
        Response(prompt_id=task.prompt_id, **dict(zip(_OF_RESPONSE, values, strict=False)))
        for values in before["responses"]
    )
    return [response.pk for response in responses]
