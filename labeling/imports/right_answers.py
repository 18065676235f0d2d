"""What rows say is right on their task: `"gold": {"answers": …, "reason": …, "kind": …}`.

Each makes the gold copy of its task, which itself stays live, or a new version of what is right.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from django.utils import translation
from django.utils.translation import gettext_noop
from msgspec.structs import replace

from labeling.datasets.rows import RIGHT_FIELD, ImportRow, RefusalCode, RowError
from labeling.kinds import kind_of, slot
from labeling.kinds.known import AskedQuestions, KnownAnswer, known_answers, no_known_answer
from labeling.models import Import, Task, TaskOpening
from labeling.models.copies import add_version, copy_of
from labeling.vocabulary import Purpose
from projects.audit import record
from projects.models import Project, User

_NAMES = frozenset({"answers", "reason", "kind", "purpose"})


@dataclass(slots=True)
class RightAnswer:
    """What one row says is right: as it said it, and as it is kept, of the canonical order."""

    known: KnownAnswer
    answers: Mapping[str, object] = field(default_factory=dict)


def right_answer_of(row: ImportRow) -> tuple[RightAnswer | None, ImportRow]:
    """What a row says is right, and the row without it; any other `gold` stays metadata.

    Raises RowError for one that has a name nobody knows.
    """
    said = _decoded(row.metadata.get(RIGHT_FIELD))
    if not isinstance(said, Mapping) or not isinstance(said.get("answers"), Mapping):
        return None, row
    if unknown := sorted(said.keys() - _NAMES):
        named = ", ".join(sorted(_NAMES))
        raise RowError(f"{RIGHT_FIELD}.{unknown[0]}", f"Is unknown; gold has: {named}.", unknown[0])
    letters = {response.external_id: slot(i) for i, response in enumerate(row.responses)}
    answers = {name: _by_letter(shape, letters) for name, shape in said["answers"].items()}
    texts = {name: said.get(name) for name in ("reason", "kind", "purpose") if said.get(name)}
    for name, text in texts.items():
        if not isinstance(text, str):
            raise RowError(f"{RIGHT_FIELD}.{name}", "Must be text.", text)
    rest = {name: value for name, value in row.metadata.items() if name != RIGHT_FIELD}
    known = KnownAnswer(answers, **{name: str(text) for name, text in texts.items()})
    return RightAnswer(known), replace(row, metadata=rest)


def _decoded(value: object) -> object:
    """A table has it as JSON in a cell."""
    if isinstance(value, str) and value.startswith("{"):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _by_letter(shape: object, letters: Mapping[str, str]) -> object:
    """An answer by the ids of the row's responses, by their letters; `A` is the row's first."""
    if isinstance(shape, Mapping):
        return {
            letters.get(name, name): _by_letter(value, letters) for name, value in shape.items()
        }
    if isinstance(shape, list):
        return [_by_letter(value, letters) for value in shape]
    return letters.get(shape, shape) if isinstance(shape, str) else shape


class RightAnswers:
    """Checks and stores what the rows of one import say is right."""

    def __init__(self, project: Project, import_id: int, questions: AskedQuestions) -> None:
        self._project, self._import_id, self._questions = project, import_id, questions

    @cached_property
    def _author(self) -> User | None:
        kept = Import.objects.filter(pk=self._import_id).select_related("created_by").first()
        return kept.created_by if kept else None

    def check(
        self, right: RightAnswer, *, kind: str, is_review: bool, part: str, order: Sequence[int]
    ) -> None:
        """Fills in the answers as they are kept. Raises RowError for what does not fit.

        `order` has the canonical index of each of the row's responses.
        """
        # The report is kept, so its words stay in the language of the file's readers.
        with translation.override("en"):
            task = Task(
                project=self._project,
                kind=kind,
                part=part,
                response_ids=list(order),
                reviews_id=-1 if is_review else None,
            )
            if reason := no_known_answer(task):
                raise RowError(RIGHT_FIELD, reason, kind, code=RefusalCode.UNSUPPORTED)
            errors: dict[str, str] = {}
            kind_of_task = kind_of(task.asked_as)
            right.answers = known_answers(
                task, kind_of_task, right.known, self._questions, errors, order
            )
        for name, sentence in errors.items():
            place = name if name in _NAMES else f"answers.{name}"
            value = right.known.answers.get(name, getattr(right.known, name, ""))
            raise RowError(f"{RIGHT_FIELD}.{place}", sentence, value)

    def store(self, by_task: Mapping[int, RightAnswer]) -> dict[int, int]:
        """Makes the copies of tasks, by id, and keeps what is right on them; the importer knows.

        Returns the ids of the versions that are new, by task.
        """
        if not by_task:
            return {}
        opened, versions = set(), {}
        for task in Task.objects.filter(pk__in=by_task).select_related("project").order_by("pk"):
            right = by_task[task.pk]
            copy = copy_of(task, Purpose(right.known.purpose))
            known = right.known
            content = {"answers": dict(right.answers), "reason": known.reason, "kind": known.kind}
            version, is_new = add_version(copy, self._author, content)
            if is_new:
                versions[task.pk] = version.pk
            opened |= {task.pk, copy.pk}
        if self._author is not None:
            rows = [
                TaskOpening(task_id=pk, person=self._author, is_told=True) for pk in sorted(opened)
            ]
            TaskOpening.objects.bulk_create(rows, ignore_conflicts=True)
        if versions:
            verb = gettext_noop("right answers imported")
            record(project=self._project, actor=self._author, verb=verb, versions=len(versions))
        return versions
