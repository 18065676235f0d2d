"""Rules judged one by one: a response, a rule, and whether the one keeps the other.

What a model of rules is trained on (Sparrow, arXiv:2209.14375). The native folder has the table
too.
"""

from __future__ import annotations

from collections.abc import Iterator

from labeling.datasets.formats.base import FileRow, Format, TaskRows, Values
from labeling.datasets.formats.carrying import CHATS, Needs, kept, reply
from labeling.datasets.formats.columns import (
    BOOL,
    FLOAT,
    INT,
    MESSAGES,
    PROMPT_MESSAGES,
    SHORT,
    STRING,
    FileTable,
)
from labeling.datasets.formats.parts import response_id
from labeling.datasets.formats.pictures import RESPONSE_PICTURES, picture_cells
from labeling.datasets.formats.refusals import CHAT_REFUSED
from labeling.datasets.recipes.outcome import RowKind
from projects.words import gettext_noop

_COLUMNS = (
    ("prompt", PROMPT_MESSAGES),
    ("response", MESSAGES),
    ("rule", STRING),
    ("label", BOOL),
    ("level", FLOAT),
    ("votes_followed", INT),
    ("votes_broken", INT),
    ("votes_unsure", INT),
    ("rule_key", STRING),
    ("rule_title", STRING),
    ("rule_number", SHORT),
    ("guideline_version", INT),
    ("id", STRING),
    ("response_id", STRING),
    ("task_id", STRING),
    ("prompt_id", STRING),
    ("prompt_group", STRING),
    ("model", STRING),
    ("criterion", STRING),
    ("category", STRING),
    ("language", STRING),
)
RULE_TABLE = FileTable("rules", "rules", _COLUMNS)


def rule_table(needs: Needs) -> FileTable:
    """The native folder's table of rules."""
    table = RULE_TABLE.with_columns(*RESPONSE_PICTURES) if needs.images else RULE_TABLE
    return table.with_dialogues() if needs.keys else table


def rule_rows(item: TaskRows) -> Iterator[Values]:
    """The values of a row for each response and rule."""
    task = item.task
    prompt = kept(task.messages, CHATS.prompts)
    for label in item.rules:
        response = task.candidates[label.response]
        principle = item.criterion.principles[label.principle]
        yield (
            prompt,
            reply(response, CHATS.responses),
            principle.rule,
            label.followed,
            label.level,
            label.votes_followed,
            label.votes_broken,
            label.votes_unsure,
            principle.key,
            principle.title,
            principle.number,
            principle.version,
            response_id(item, f"rule {label.principle}", label.response),
            response.id,
            task.id,
            task.prompt_id,
            item.group,
            response.model,
            item.criterion.key,
            task.category,
            task.language,
            *picture_cells(item, task.messages, response.messages),
        )


class RuleRows(Format):
    """Prompt and response as message lists, the rule as text, and a true or false label."""

    key = "rules"
    title = gettext_noop("Rules, one row each")
    family = gettext_noop("Concord")
    main = {RowKind.RULES: "default"}
    tables = (FileTable("default", "data", _COLUMNS, default=True),)
    carries = CHATS
    about = {
        "Texts": gettext_noop(
            "`prompt` and `response` are message lists; `rule` is the rule as raters read it."
        ),
        "Labels": gettext_noop(
            "`label` is true where the response keeps the rule. `level` is the raters' mean on "
            "their scale; `votes_followed`, `votes_broken` and `votes_unsure` count them."
        ),
        "Names": gettext_noop(
            "`rule_key` is the same in every version of the guideline; `rule_number` and "
            "`guideline_version` say where the rule stood."
        ),
        "Cannot carry": (gettext_noop("Raters have no place in it."), CHAT_REFUSED),
    }
    usage = (
        'train = rows["train"].select_columns(["prompt", "response", "rule", "label"])\n'
        "print(train[0])\n"
    )

    def tables_for(self, needs: Needs) -> tuple[FileTable, ...]:
        """With the pictures, where there are any."""
        (table,) = super().tables_for(needs)
        return (table.with_columns(*RESPONSE_PICTURES) if needs.images else table,)

    def rows(self, item: TaskRows) -> Iterator[FileRow]:
        """One row per response and rule."""
        for values in rule_rows(item):
            yield FileRow("default", values)
