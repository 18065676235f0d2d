"""One batch of rows: upserted by external id, whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import connection
from msgspec.structs import replace

from labeling.allocation import overlap_for, queue_key
from labeling.datasets.readers.fields import refusal
from labeling.datasets.readers.identity import group_key, response_keys
from labeling.datasets.rows import Duplicate, ImportRow, Refusal, RowError
from labeling.datasets.turns import json_of
from labeling.imports.apart import TaskApart, check_alone, tasks_apart
from labeling.imports.branches import keep_links, link, takes_link, with_parents
from labeling.imports.bulk_copy import array, copy_rows, next_ids
from labeling.imports.changes import keep_changes, replaced_by
from labeling.imports.counts import BatchResult, Counts
from labeling.imports.known import (
    PROMPT_COLUMNS,
    RESPONSE_COLUMNS,
    names_its_model,
    prompt_columns,
    response_columns,
    stored_about,
)
from labeling.imports.labels import votes_among, write_labels
from labeling.imports.reviewed import check_review, is_review, reviewed_texts, stored_reviews
from labeling.imports.right_answers import RightAnswer, RightAnswers, right_answer_of
from labeling.imports.rubrics import LabelRubrics
from labeling.imports.targets import (
    Change,
    Target,
    addressed,
    merged,
    new_labels,
    planned,
    stored_targets,
)
from labeling.models import ImportedChange, Prompt, Response, Task
from labeling.vocabulary import TaskKind, TaskPart
from labeling.work.registry import BATCH_WRITER_SPACE
from projects.models import Project

RowOutcome = ImportRow | Duplicate | Refusal
_ABOUT = ["category", "language", "metadata", *PROMPT_COLUMNS]
_PROMPT = ("id", "project_id", "external_id", "messages", "group_key", *_ABOUT)
_RESPONSE = (
    *("id", "prompt_id", "external_id", "content", "messages", "model", "names_model"),
    *RESPONSE_COLUMNS,
)
_TASK = (
    *("id", "project_id", "prompt_id", "external_id", "kind", "response_ids"),
    *("source_order", "overlap", "open_slots", "queue_key", "model_votes", "import_job_id"),
    *("principle_key", "follows_id", "reply", "part", "reviews_id"),
)


class BatchWriter:
    """Writes batches of one import into its project; the caller owns the transaction."""

    def __init__(self, project: Project, *, import_id: int, overlap: int | None = None) -> None:
        self._project = project
        self._import_id = import_id
        self._overlap = overlap or project.overlap
        self._rubrics = LabelRubrics(project)
        self._right = RightAnswers(project, import_id, self._rubrics.questions)
        self._said_right: dict[str, RightAnswer] = {}
        self._texts: dict[str, Response] = {}

    def write(self, outcomes: Sequence[RowOutcome], now: datetime) -> BatchResult:
        """Stores the batch's rows and says what became of each."""
        result = BatchResult(counts := Counts(rows=len(outcomes)))
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(%s, %s)",
                [BATCH_WRITER_SPACE, self._project.pk % 2**31],
            )
        result.refusals += [o for o in outcomes if isinstance(o, Refusal)]
        counts.duplicates = sum(isinstance(outcome, Duplicate) for outcome in outcomes)
        rows = [outcome for outcome in outcomes if isinstance(outcome, ImportRow)]
        self._write_tasks([row for row in rows if not is_review(row)], result, now)
        # They speak of texts that rows before them may have brought.
        self._write_reviews([row for row in rows if is_review(row)], result, now)
        counts.refused, counts.left_out = len(result.refusals), len(result.left_out)
        return result

    def _write_tasks(self, rows: list[ImportRow], result: BatchResult, now: datetime) -> None:
        rows = with_parents(self._project, rows)
        targets = stored_targets(self._project, rows, now)
        others = tasks_apart(self._project, rows)
        for row in rows:
            self._take(row, targets, others, result)
        self._store(list(targets.values()), now, result.counts)

    def _write_reviews(self, rows: list[ImportRow], result: BatchResult, now: datetime) -> None:
        if not rows:
            return
        self._texts = reviewed_texts(self._project, rows)
        targets = stored_reviews(self._project, rows, self._texts, now)
        for row in rows:
            self._take(row, targets, {}, result)
        reviewed = {id(target): target for target in targets.values()}
        self._store(list(reviewed.values()), now, result.counts)

    def _take(
        self,
        row: ImportRow,
        targets: dict[str, Target],
        others: Mapping[str, TaskApart],
        result: BatchResult,
    ) -> None:
        """Notes what a row changes; a row that is refused changes nothing."""
        counts, address = result.counts, row.external_id
        row = addressed(row, targets)
        target = targets.get(row.external_id)
        try:
            right, row = right_answer_of(row)
            rubric, wished = self._rubrics.of(row.kind), self._wished(row, targets)
            check_alone(row, others)
            change, is_linked = Change.NEW, False
            if target is not None:
                change, wished = merged(target, wished)
                is_linked = takes_link(target, wished, row)
            wished.names_model = [*map(names_its_model, wished.responses)]
            places = response_keys(wished.responses)
            shown_order = [places.index(key) for key in response_keys(row.responses)]
            said = rubric.labels(row.judgments, row.responses, shown_order)
            fresh = new_labels(said, target.known if target else {})
            voted = rubric.labels(row.model_votes, row.responses, shown_order)
            votes = new_labels(voted, rubric.stored_votes(target.votes if target else ()))
            self._check_right(right, row, wished, shown_order)
        except RowError as error:
            refused = refusal(row.line, error)
            result.refusals.append(replace(refused, number=row.number, row_id=address))
            return
        result.left_out += wished.left_out
        result.kinds[row.kind] += 1
        if target is None:
            target = targets[row.external_id] = wished
            counts.created += 1
        elif change is not Change.NONE or fresh or votes or is_linked:
            target.takes(wished, change)
            if is_linked:
                target.links(wished)
            counts.updated += 1
        else:
            counts.unchanged += 1
        if shown_order and not target.source_order:
            target.source_order, target.has_new_order = shown_order, True
        target.hears(fresh, [rubric.vote_json(vote, self._import_id) for vote in votes])
        counts.hear(len(fresh), len(votes))
        counts.look_at(row, wished)

    def _check_right(
        self, right: RightAnswer | None, row: ImportRow, wished: Target, order: Sequence[int]
    ) -> None:
        """Notes what a row says is right. Raises RowError where no task of this kind can be gold,
        or an answer is off its scale."""
        if right is None:
            return
        if row.follows is not None:
            raise RowError("gold", "A turn that follows a reply cannot be gold.", row.external_id)
        part = self._part(wished)
        self._right.check(right, kind=row.kind, is_review=is_review(row), part=part, order=order)
        self._said_right[row.external_id] = right

    def _wished(self, row: ImportRow, targets: Mapping[str, Target]) -> Target:
        """The task that a row would make, with what of the project it speaks of."""
        wished = planned(row, self._project.salt)
        wished.principle_key = self._rubrics.principle_key(row.principle)
        if is_review(row):
            wished.text = check_review(row, self._texts.get(row.external_id))
        link(wished, row, targets)
        return wished

    def _store(self, targets: list[Target], now: datetime, counts: Counts) -> None:
        changed = [t for t in targets if t.prompt and t.import_id != self._import_id]
        before = {t.task_id: replaced for t in changed if (replaced := replaced_by(t))}
        self._create([target for target in targets if target.change is Change.NEW])
        self._rewrite([target for target in targets if target.change is Change.TEXT])
        self._describe([target for target in targets if target.change is Change.ABOUT])
        keep_links(targets)
        _tell_order([target for target in targets if target.has_new_order])
        _keep_votes([t for t in targets if t.has_new_votes and t.change is not Change.NEW])
        labelled = {target.task_id: target for target in targets if target.labels}
        raised = write_labels(
            self._project,
            {pk: target.labels for pk, target in labelled.items()},
            {pk: target.response_ids for pk, target in labelled.items()},
            now,
            import_id=self._import_id,
            clauses=self._rubrics.clauses if labelled else {},
        )
        right = self._store_right(targets)
        counts.right_answers += len(right)
        there = {t.task_id for t in changed}
        added = {pk: places for pk, places in raised.items() if pk in there}
        for pk in there & right.keys():
            before[pk] = {**before.get(pk, {}), ImportedChange.RIGHT: [right[pk]]}
        keep_changes(self._import_id, before, added)

    def _store_right(self, targets: list[Target]) -> dict[int, int]:
        said = self._said_right
        known = [t for t in targets if t.external_id in said] if said else []
        return self._right.store({t.task_id: said.pop(t.external_id) for t in known})

    def _create(self, targets: list[Target]) -> None:
        asked = [target for target in targets if target.text is None]
        for target, pk in zip(asked, next_ids(Prompt, len(asked)), strict=True):
            target.prompt_id = pk
        for target, pk in zip(targets, next_ids(Task, len(targets)), strict=True):
            target.task_id = pk
            if target.text is not None:
                target.prompt_id, target.response_ids = target.text.prompt_id, [target.text.pk]
        copy_rows(Prompt, _PROMPT, map(self._prompt, asked))
        _create_responses(asked)
        copy_rows(Task, _TASK, map(self._task, targets))

    def _prompt(self, target: Target) -> tuple[object, ...]:
        columns = prompt_columns(target.about)
        about = (target.category, target.language, target.metadata, *columns.values())
        key = group_key(target.messages, target.responses)
        return (
            *(target.prompt_id, self._project.pk, target.external_id),
            *(json_of(target.messages), key, *about),
        )

    def _task(self, target: Target) -> tuple[object, ...]:
        overlap = overlap_for(1 if target.text else self._overlap, votes_among(target.labels))
        key = queue_key(0, self._project.salt, target.external_id)
        return (
            *(target.task_id, self._project.pk, target.prompt_id, target.external_id),
            *(TaskKind.RATE.value if target.text else target.kind, array(target.response_ids)),
            array(target.source_order),
            *(overlap, overlap, key, target.votes, self._import_id),
            *(target.principle_key, target.follows and target.follows.task_id, target.reply),
            *(self._part(target), target.text and target.text.pk),
        )

    def _part(self, target: Target) -> str:
        """Whether it is the first pass of two. What was judged elsewhere was judged at once, and
        the turns of a conversation hang on the verdict overall."""
        is_first = self._rubrics.has_passes and target.kind == TaskKind.COMPARE
        at_once = target.labels or target.follows or target.about.get("conversation")
        return TaskPart.AXES.value if is_first and not at_once else ""

    def _rewrite(self, targets: list[Target]) -> None:
        """New text for tasks that nobody judged: new responses, and nothing rendered is kept."""
        prompts = [target.prompt for target in targets if target.prompt]
        for target, prompt in zip(targets, prompts, strict=True):
            _describe_prompt(target, prompt)
            prompt.messages = json_of(target.messages)
            prompt.group_key = group_key(target.messages, target.responses)
            prompt.html, prompt.html_version = "", 0
        Prompt.objects.bulk_update(
            prompts, ["messages", "group_key", "html", "html_version", *_ABOUT]
        )
        Response.objects.filter(prompt__in=prompts).delete()
        _create_responses(targets)
        tasks = [
            Task(
                pk=target.task_id,
                response_ids=target.response_ids,
                source_order=target.source_order,
            )
            for target in targets
        ]
        Task.objects.bulk_update(tasks, ["response_ids", "source_order"])

    def _describe(self, targets: list[Target]) -> None:
        """What is known about a text changes at any time; the text itself does not."""
        prompts = [target.prompt for target in targets if target.prompt]
        renamed = []
        for target, prompt in zip(targets, prompts, strict=True):
            _describe_prompt(target, prompt)
            wishes = zip(target.stored, target.responses, target.names_model, strict=True)
            for stored, wished, names_model in wishes:
                if stored.model != wished.model or stored_about(stored) != wished.about:
                    stored.model = wished.model
                    stored.names_model = names_model
                    for name, value in response_columns(wished.about).items():
                        setattr(stored, name, value)
                    renamed.append(stored)
        Prompt.objects.bulk_update(prompts, _ABOUT)
        Response.objects.bulk_update(renamed, ["model", "names_model", *RESPONSE_COLUMNS])


def _tell_order(targets: list[Target]) -> None:
    """The order of the row for tasks that came before it was kept."""
    tasks = [Task(pk=target.task_id, source_order=target.source_order) for target in targets]
    Task.objects.bulk_update(tasks, ["source_order"])


def _keep_votes(targets: list[Target]) -> None:
    """Votes of models on tasks that were there, beside those that they had."""
    tasks = [Task(pk=target.task_id, model_votes=target.votes) for target in targets]
    Task.objects.bulk_update(tasks, ["model_votes"])


def _create_responses(targets: list[Target]) -> None:
    """Creates them and gives each target their ids, in canonical order.

    They are created in that order too, so that not even the order of keys tells what the file
    preferred.
    """
    ids = iter(next_ids(Response, sum(len(target.responses) for target in targets)))
    for target in targets:
        target.response_ids = [next(ids) for _ in target.responses]
    copy_rows(
        Response,
        _RESPONSE,
        (
            (
                *(pk, target.prompt_id, response.external_id),
                *(response.content, json_of(response.messages), response.model),
                names_model,
                *response_columns(response.about).values(),
            )
            for target in targets
            for pk, response, names_model in zip(
                target.response_ids, target.responses, target.names_model, strict=True
            )
        ),
    )


def _describe_prompt(target: Target, prompt: Prompt) -> None:
    prompt.category, prompt.language = target.category, target.language
    prompt.metadata = dict(target.metadata)
    for name, value in prompt_columns(target.about).items():
        setattr(prompt, name, value)
