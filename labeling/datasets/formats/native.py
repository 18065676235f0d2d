"""The native folder: tables for each kind of training, free of every known trap of trainers.

`preference` is TRL preference, conversational with an explicit prompt. `kto` is unpaired and mixed
by a hash, because KTOTrainer trains in file order. `sft` holds responses to imitate. `judgments`
holds what all of them were made from, ties included, one row a rater.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from labeling.datasets.folds import voter_folds
from labeling.datasets.formats.base import (
    FileRow,
    Format,
    TaskRows,
    Values,
    last_values,
    load_call,
    load_lines,
    with_last_columns,
)
from labeling.datasets.formats.carrying import CHATS, Needs, kept, reply
from labeling.datasets.formats.columns import (
    BOOL,
    FLOAT,
    INT,
    MESSAGES,
    PROMPT_MESSAGES,
    SHORT,
    SHORTS,
    STRING,
    FileTable,
)
from labeling.datasets.formats.judgments import (
    COLUMNS,
    TURNS_BESIDE,
    judgment_rows,
    judgment_table,
)
from labeling.datasets.formats.parts import (
    WRITTEN,
    demonstration_id,
    how_written,
    labelled,
    pair_id,
)
from labeling.datasets.formats.pictures import (
    CHAT_PICTURES,
    COMPLETION_PICTURES,
    PAIR_PICTURES,
    picture_cells,
)
from labeling.datasets.formats.ratings import RATING_TABLE, rating_rows, rating_table
from labeling.datasets.formats.refusals import CHAT_REFUSED
from labeling.datasets.formats.rules import RULE_TABLE, rule_rows, rule_table
from labeling.datasets.recipes.outcome import Demonstration, Pair, RowKind
from projects.words import gettext_noop

PREFERENCE_TABLE = FileTable(
    "preference",
    "preference",
    (
        ("prompt", PROMPT_MESSAGES),
        ("chosen", MESSAGES),
        ("rejected", MESSAGES),
        ("margin", FLOAT),
        ("strength", FLOAT),
        ("chosen_prob", FLOAT),
        ("agreement", FLOAT),
        ("n_raters", INT),
        ("votes_chosen", INT),
        ("votes_rejected", INT),
        ("votes_tie", INT),
        ("pair_weight", FLOAT),
        ("group_size", SHORT),
        ("edited", BOOL),
        ("chosen_model", STRING),
        ("rejected_model", STRING),
        ("chosen_id", STRING),
        ("rejected_id", STRING),
        ("id", STRING),
        ("task_id", STRING),
        ("prompt_id", STRING),
        ("prompt_group", STRING),
        ("judgment_id", STRING),
        ("rater", STRING),
        ("rater_folds", SHORTS),
        ("criterion", STRING),
        ("category", STRING),
        ("language", STRING),
    ),
    default=True,
)

KTO_TABLE = FileTable(
    "kto",
    "kto",
    (
        ("prompt", PROMPT_MESSAGES),
        ("completion", MESSAGES),
        ("label", BOOL),
        ("id", STRING),
        ("task_id", STRING),
        ("prompt_id", STRING),
        ("prompt_group", STRING),
        ("model", STRING),
    ),
    shuffled=True,
)

SFT_TABLE = FileTable(
    "sft",
    "sft",
    (
        ("messages", PROMPT_MESSAGES),
        ("edited", BOOL),
        ("id", STRING),
        ("task_id", STRING),
        ("prompt_id", STRING),
        ("prompt_group", STRING),
        ("model", STRING),
        ("category", STRING),
        ("language", STRING),
    ),
)
JUDGMENTS_TABLE = FileTable("judgments", "judgments", COLUMNS)


#: The column that says which pairs belong together, and the one of what a reviewer decided.
_GROUP, _DECISION = ("group_id", STRING), ("decision", STRING)
#: What each kind of row is for, beside the code that loads it.
_USED_FOR = {
    RowKind.PAIRS: "reward model, DPO",
    RowKind.LABELS: "KTO",
    RowKind.DEMONSTRATIONS: "supervised fine-tuning",
    RowKind.RATINGS: "a row a response, a column a criterion",
    RowKind.RULES: "a row a response and rule",
}
#: The tables of rows that only some recipes make, by the kind of row.
_MADE = {RowKind.RATINGS: rating_table, RowKind.RULES: rule_table}


class Native(Format):
    """Concord's own folder, opened by `load_dataset(folder)` as it is."""

    key = "native"
    title = gettext_noop("Concord folder")
    family = gettext_noop("Concord")
    tables = (
        *(PREFERENCE_TABLE, KTO_TABLE, SFT_TABLE, RATING_TABLE, RULE_TABLE),
        JUDGMENTS_TABLE,
    )
    main = {
        RowKind.PAIRS: "preference",
        RowKind.LABELS: "kto",
        RowKind.DEMONSTRATIONS: "sft",
        RowKind.RATINGS: "ratings",
        RowKind.RULES: "rules",
    }
    carries_ties = True
    ties_of_raters = True
    carries_metadata = True
    carries = CHATS
    about = {
        "preference": gettext_noop(
            "One row per pair: prompt, chosen and rejected as message lists, votes, strength, and "
            "`margin`, which RewardTrainer subtracts in its loss (0 to 1 unless the recipe says "
            "otherwise); remove that column for the plain loss. Pairs of one ranking share "
            "`task_id`, and each weighs `pair_weight`. `rater_folds` are those of five groups of "
            "raters that had a say: hold one out to test on people the model never saw."
        ),
        "kto": gettext_noop(
            "One row per response and vote with a true or false `label`, mixed by a hash because "
            "KTOTrainer reads rows in file order."
        ),
        "sft": gettext_noop(
            "One row per response to imitate, at the end of its conversation; only a recipe that "
            "makes them fills it."
        ),
        "judgments": (
            gettext_noop(
                "One row per judgment, ties included, with all responses in canonical order. A "
                "negative `value` prefers the first response; in `answers`, `response` is 0 for a "
                "comparison and else counts from 1; `shown_order` is what the rater saw."
            ),
            TURNS_BESIDE,
        ),
        "Cannot carry": (gettext_noop("A tie is a row of the judgments alone."), CHAT_REFUSED),
    }

    rated = {
        "preference": gettext_noop(
            "One row per pair that ratings make: prompt, chosen and rejected as message lists, "
            "votes, the difference of the mean ratings as `strength`, and `margin`, which "
            "RewardTrainer subtracts in its loss: the same as a share of the scale; remove that "
            "column for the plain loss. Pairs of one task share `group_id`, and each weighs "
            "`pair_weight`."
        ),
        "kto": gettext_noop(
            "One row per response with a true or false `label`, mixed by a hash because KTOTrainer "
            "reads rows in file order; only a recipe that makes labels fills it."
        ),
        "sft": gettext_noop(
            "One row per response to imitate, at the end of its conversation. Of texts that "
            "somebody wrote, `edited` says that a reviewer changed them, and `decision` what the "
            "review came to."
        ),
        "ratings": gettext_noop(
            "One row per response: the raters' mean on each criterion in a column of its own, "
            "empty where nobody gave a value, and how many rated it (`raters`)."
        ),
        "rules": gettext_noop(
            "One row per response and rule: `rule` in words, `label` true where the response keeps "
            "it, the mean `level`, and the votes."
        ),
        "judgments": (
            gettext_noop(
                "One row per judgment, with all responses in canonical order. In `answers`, "
                "`response` is 0 for a comparison and else counts from 1; `rule_answers` holds "
                "those about a principle, `unsaid` why there is no value, `text` what a rater "
                "wrote. Each of the three is there only where a judgment fills it."
            ),
            TURNS_BESIDE,
        ),
        "Cannot carry": CHAT_REFUSED,
    }

    def tables_for(self, needs: Needs) -> tuple[FileTable, ...]:
        """With what this release has beyond plain comparisons, and the metadata."""
        preference, kto, sft, *_, judgments = super().tables_for(needs)
        if needs.groups:
            preference = preference.with_columns(_GROUP)
        if needs.images:
            preference = preference.with_columns(*PAIR_PICTURES)
            kto = kto.with_columns(*COMPLETION_PICTURES)
            sft = sft.with_columns(*CHAT_PICTURES)
        if needs.reviews:
            sft = sft.with_columns(_DECISION)
        if needs.written:
            preference, sft = preference.with_columns(*WRITTEN), sft.with_columns(*WRITTEN)
        training = [preference, kto, sft]
        if needs.kind in _MADE:
            training.append(_MADE[RowKind(needs.kind)](needs))
        training = [with_last_columns(table, needs) for table in training]
        return (*training, judgment_table(judgments, needs))

    def rows(self, item: TaskRows) -> Iterator[FileRow]:
        """The pairs, the labels, the demonstrations and the judgments of one task."""
        task = item.task
        for pair in item.decided:
            yield FileRow("preference", _preference(item, pair))
        for label, response, key in labelled(item):
            said = (kept(task.messages, CHATS.prompts), reply(response, CHATS.responses))
            texts = (*said, label.good, key[:16])
            names = (task.id, task.prompt_id, item.group, response.model)
            pictures = picture_cells(item, task.messages, response.messages)
            yield FileRow("kto", (*texts, *names, *pictures, *last_values(item)), key)
        for shown in item.demonstrations:
            yield FileRow("sft", _demonstration(item, shown))
        if item.needs.kind == RowKind.RATINGS:
            yield from _rows("ratings", rating_rows(item), item)
        elif item.needs.kind == RowKind.RULES:
            yield from _rows("rules", rule_rows(item), item)
        judgments = [*item.judgments, *item.stopped, *item.written] if item.first else []
        for values in judgment_rows(item, judgments):
            yield FileRow("judgments", values)

    def load_code(
        self, folder: str, file_type: str = "parquet", rows_are: RowKind | None = None
    ) -> str:
        """Loads each configuration; of a release of one kind of rows that one and the judgments."""
        said = {
            "pairs": ("", "reward model, DPO"),
            "labels": ("kto", "KTO"),
            "judgments": ("judgments", "one row a rater, ties included"),
        }
        if rows_are is not None:
            table = self.main[rows_are]
            said = {
                rows_are.value: (table, _USED_FOR[rows_are]),
                "judgments": ("judgments", "one row a rater"),
            }
        lines = [
            f"{name} = {load_call(folder, file_type, table)}  # {use}\n"
            for name, (table, use) in said.items()
        ]
        return load_lines("".join(lines), file_type)


def _rows(table: str, rows: Iterable[Values], item: TaskRows) -> Iterator[FileRow]:
    return (FileRow(table, (*values, *last_values(item))) for values in rows)


def _preference(item: TaskRows, pair: Pair) -> Values:
    """The values of a row of `preference`."""
    task, judgment = item.task, pair.judgment
    texts = task.candidates
    chosen, rejected = texts[pair.chosen], texts[pair.rejected]
    return (
        kept(task.messages, CHATS.prompts),
        reply(chosen, CHATS.responses),
        reply(rejected, CHATS.responses),
        pair.margin,
        pair.strength,
        pair.chosen_prob,
        pair.agreement,
        pair.voters,
        pair.votes_chosen,
        pair.votes_rejected,
        pair.votes_tie,
        pair.weight,
        pair.group_size,
        pair.edited,
        chosen.model,
        rejected.model,
        chosen.id,
        rejected.id,
        pair_id(item, pair),
        task.id,
        task.prompt_id,
        item.group,
        judgment.id if judgment else "",
        judgment.rater if judgment else "",
        voter_folds((said.rater for said in pair.judgments), item.folds),
        item.criterion.key,
        task.category,
        task.language,
        *((task.id,) if item.needs.groups else ()),
        *picture_cells(item, task.messages, chosen.messages, rejected.messages),
        *how_written(item, chosen),
        *last_values(item),
    )


def _demonstration(item: TaskRows, shown: Demonstration) -> Values:
    """The values of a row of `sft`."""
    task = item.task
    response = task.candidates[shown.response]
    return (
        kept(task.messages, CHATS.prompts) + reply(response, CHATS.responses),
        shown.edited,
        demonstration_id(item, shown.response),
        task.id,
        task.prompt_id,
        item.group,
        response.model,
        task.category,
        task.language,
        *picture_cells(item, (*task.messages, *response.messages)),
        *((shown.decision,) if item.needs.reviews else ()),
        *how_written(item, response),
        *last_values(item),
    )
