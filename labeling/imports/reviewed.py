"""Reviews that rows bring, of texts that other rows brought before them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db.models import Q

from labeling.datasets.readers.identity import group_key
from labeling.datasets.rows import ImportRow, RefusalCode, RowError
from labeling.datasets.turns import turns_of, without_parts
from labeling.imports.targets import (
    Target,
    known_labels,
    locked_tasks,
    responses_of,
    stored_target,
    taken_target,
)
from labeling.models import Prompt, Response, Task
from labeling.models.reviews import ask_for_review, reviews_texts
from labeling.vocabulary import ASKED_AS_REVIEW
from projects.models import Project


def reviewed_texts(project: Project, rows: Iterable[ImportRow]) -> dict[str, Response]:
    """external id of a row -> the text that it reviews, of those that were written here.

    It has the id and the words that the row says, and answers the same prompt.
    """
    rows = list(rows)
    texts = Response.objects.filter(
        prompt__project=project,
        prompt__group_key__in={group_key(row.messages, row.responses) for row in rows},
        external_id__in={row.responses[0].external_id for row in rows},
        judgment__isnull=False,
    )
    by_id: dict[tuple[str, str], list[Response]] = {}
    for text in texts.select_related("prompt", "author").order_by("pk"):
        by_id.setdefault((text.external_id, text.content), []).append(text)
    reviewed = {}
    for row in rows:
        own, asked = row.responses[0], without_parts(row.messages)
        for text in by_id.get((own.external_id, own.content), ()):
            if without_parts(turns_of(text.prompt.messages)) == asked:
                reviewed[row.external_id] = text
    return reviewed


def stored_reviews(
    project: Project, rows: Sequence[ImportRow], texts: Mapping[str, Response], now: datetime
) -> dict[str, Target]:
    """external id of a row -> the review of its text that is there, locked, under whatever id."""
    mine = Task.objects.filter(
        Q(external_id__in=texts) | Q(reviews__in=[text.pk for text in texts.values()]),
        project=project,
    )
    tasks = locked_tasks(mine, now)
    of_text = {task.reviews_id: task for task in tasks.values() if task.reviews_id}
    prompts = Prompt.objects.in_bulk([task.prompt_id for task in of_text.values()])
    contents, known = responses_of(of_text.values()), known_labels(of_text.values(), rows)
    made: dict[int, Target] = {}
    targets = {}
    for row in rows:
        text = texts.get(row.external_id)
        task = of_text.get(text.pk) if text else None
        if text and task:
            made.setdefault(
                task.pk,
                stored_target(task, prompts[task.prompt_id], contents, known.get(task.pk, {})),
            )
            targets[row.external_id] = made[task.pk]
        elif row.external_id in tasks:
            targets[row.external_id] = taken_target(row.external_id)
    return targets


def check_review(row: ImportRow, text: Response | None) -> Response:
    """The text of a review. Raises RowError where it is not there, or where its own author reviews
    it."""
    if text is None:
        own = row.responses[0].external_id
        raise RowError(
            "response_ids",
            f"The text that it reviews (“{own}”) is not in the project. It comes with the judgment "
            "that wrote it: release with the recipe demonstrations, and import the whole table.",
            own,
            code=RefusalCode.MISSING,
        )
    author = text.author
    for label in row.judgments:
        if author is not None and author.is_placeholder and author.name == label.rater:
            raise RowError(
                "judgments",
                f"“{label.rater}” wrote this text. A second person reviews it.",
                label.rater,
                code=RefusalCode.CONTRADICTION,
            )
    return text


def ask_for_reviews(project: Project, import_id: int, *, most: int) -> int:
    """Asks for the review of texts that an import brought without one; of so many at once.

    Returns how many. What a reviewer wrote is reviewed by nobody else.
    """
    if not reviews_texts(project):
        return 0
    texts = Response.objects.filter(
        judgment__assignment__import_job=import_id,
        judgment__task__reviews__isnull=True,
        review_tasks__isnull=True,
    )
    rows = list(texts.select_related("judgment__task").order_by("pk")[:most])
    for text in rows:
        if text.judgment is not None:
            ask_for_review(project, text.judgment.task, text, import_id=import_id)
    return len(rows)


def is_review(row: object) -> bool:
    """Whether a row is the review of a text."""
    return isinstance(row, ImportRow) and row.kind == ASKED_AS_REVIEW
