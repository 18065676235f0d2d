"""Rankings as they were given: a prompt, all its responses, and a rank for each.

Ranks count from 1 for the best, and equal ranks are ties, as InstructGPT's raters gave them
(arXiv:2203.02155).
"""

from __future__ import annotations

from collections.abc import Iterator

from labeling.datasets.formats.base import FileRow, Format, TaskRows, Values
from labeling.datasets.formats.carrying import (
    KEYS,
    Carried,
    ChatPart,
    Needs,
    kept,
    pair_not_carried,
    response_not_carried,
)
from labeling.datasets.formats.columns import PROMPT_MESSAGES, SHORTS, STRING, STRINGS, FileTable
from labeling.datasets.formats.pictures import RESPONSES_PICTURES, picture_cells
from labeling.datasets.formats.refusals import CHAT_REFUSED
from labeling.datasets.recipes.outcome import RowKind
from labeling.datasets.records import TaskRecord
from projects.words import gettext_noop


class Listwise(Format):
    """One row per rater and task."""

    key = "listwise"
    title = gettext_noop("Rankings, listwise")
    family = gettext_noop("Published data sets")
    main = {RowKind.RANKINGS: "default"}
    tables = (
        FileTable(
            "default",
            "data",
            (
                ("id", STRING),
                ("prompt", PROMPT_MESSAGES),
                ("responses", STRINGS),
                ("ranks", SHORTS),
                ("models", STRINGS),
                ("rater", STRING),
                ("rationale", STRING),
                ("criterion", STRING),
                ("category", STRING),
                ("language", STRING),
            ),
            default=True,
        ),
    )
    carries_ties = True
    carries = Carried(KEYS, frozenset({ChatPart.EMPTY, ChatPart.IMAGES}))
    needs_votes = True
    about = {
        "Rows": gettext_noop(
            "One row per judgment: all responses in canonical order and a rank for each, 1 for the "
            "best. Equal ranks are a tie. A comparison is a ranking of two."
        ),
        "Names": gettext_noop("`id` is the task's; `rater` is a pseudonym of this release alone."),
        "Cannot carry": (
            gettext_noop(
                "Strength and the kind of a tie have no place in it. A task whose responses are "
                "all equal is left out and counted."
            ),
            CHAT_REFUSED,
        ),
    }

    def refusal(self, task: TaskRecord) -> str | None:
        """Every place of a ranking has a text of one turn, and they are not all the same."""
        if reason := super().refusal(task):
            return reason
        first, *others = task.responses
        for response in task.responses:
            if reason := response_not_carried(response, self.carries):
                return reason
        reasons = [pair_not_carried(first, other, self.carries) for other in others]
        return None if None in reasons else next(iter(reasons), "identical_responses")

    def tables_for(self, needs: Needs) -> tuple[FileTable, ...]:
        """With the pictures, where there are any."""
        (table,) = super().tables_for(needs)
        return (table.with_columns(*RESPONSES_PICTURES) if needs.images else table,)

    def rows(self, item: TaskRows) -> Iterator[FileRow]:
        """One row per ranking."""
        task = item.task
        texts = tuple(response.content for response in task.responses)
        prompt = kept(task.messages, self.carries.prompts)
        models = tuple(response.model for response in task.responses)
        about = (item.criterion.key, task.category, task.language)
        pictures = _shown(item)
        for ranking in item.rankings:
            said = (ranking.judgment.rater, ranking.judgment.rationale)
            values = (task.id, prompt, texts, ranking.ranks, models, *said, *about)
            yield FileRow("default", (*values, *pictures))


def _shown(item: TaskRows) -> Values:
    """The pictures of the prompt, and of each response, where a release has any."""
    texts = [response.messages for response in item.task.responses]
    cells = picture_cells(item, item.task.messages, *texts)
    return (cells[0], cells[1:]) if cells else ()
