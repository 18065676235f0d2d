"""The native folder: `preference`, `kto` and `judgments`, free of every known trap of trainers.

`preference` is TRL preference, conversational with an explicit prompt. `kto` is unpaired and mixed
by a hash, because KTOTrainer trains in file order. `judgments` holds what the pairs were made from,
ties included, one row a rater.
"""

from __future__ import annotations

from collections.abc import Iterator

from labeling.datasets.formats.base import Format, Row, TaskRows, Values, reply
from labeling.datasets.formats.columns import (
    ANSWERS,
    BOOL,
    FLOAT,
    INT,
    LONG,
    MESSAGES,
    SHORT,
    SHORTS,
    STRING,
    STRINGS,
    Answer,
    Table,
)
from labeling.datasets.formats.trl import pair_id
from labeling.datasets.recipes.base import Kind, Pair
from labeling.datasets.records import JudgmentRecord, digest

PREFERENCE = Table(
    "preference",
    "preference",
    (
        ("prompt", MESSAGES),
        ("chosen", MESSAGES),
        ("rejected", MESSAGES),
        ("margin", FLOAT),
        ("strength", FLOAT),
        ("chosen_prob", FLOAT),
        ("agreement", FLOAT),
        ("n_raters", SHORT),
        ("votes_chosen", SHORT),
        ("votes_rejected", SHORT),
        ("votes_tie", SHORT),
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
        ("criterion", STRING),
        ("category", STRING),
        ("language", STRING),
    ),
    default=True,
)

KTO = Table(
    "kto",
    "kto",
    (
        ("prompt", MESSAGES),
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

JUDGMENTS = Table(
    "judgments",
    "judgments",
    (
        ("task_id", STRING),
        ("prompt_id", STRING),
        ("prompt_group", STRING),
        ("judgment_id", STRING),
        ("rater", STRING),
        ("prompt", MESSAGES),
        ("responses", STRINGS),
        ("response_ids", STRINGS),
        ("models", STRINGS),
        ("choice", STRING),
        ("value", SHORT),
        ("tie_kind", STRING),
        ("answers", ANSWERS),
        ("rationale", STRING),
        ("flags", STRINGS),
        ("principles", STRINGS),
        ("guideline_version", INT),
        ("purpose", STRING),
        ("source", STRING),
        ("strategy", STRING),
        ("probability", FLOAT),
        ("shown_order", SHORTS),
        ("active_ms", LONG),
        ("idle_ms", LONG),
        ("created_at", STRING),
        ("category", STRING),
        ("language", STRING),
    ),
)


class Native(Format):
    """Concord's own folder, opened by `load_dataset(folder)` as it is."""

    key = "native"
    title = "Concord folder"
    family = "Concord"
    tables = (PREFERENCE, KTO, JUDGMENTS)
    main = {Kind.PAIRS: "preference", Kind.LABELS: "kto"}
    carries_ties = True

    def rows(self, item: TaskRows) -> Iterator[Row]:
        """The pairs, the labels and the judgments of one task."""
        for pair in item.decided:
            yield Row("preference", _preference(item, pair))
        for number, label in enumerate(item.labels):
            response = item.task.candidates[label.response]
            key = digest("kto", item.task.id, str(number), item.criterion.key).hex()
            yield Row(
                "kto",
                (
                    item.task.messages,
                    reply(response.content),
                    label.good,
                    key[:16],
                    item.task.id,
                    item.task.prompt_id,
                    item.group,
                    response.model,
                ),
                key,
            )
        for judgment in item.judgments if item.first else ():
            yield Row("judgments", _judgment(item, judgment))

    def explain(self) -> dict[str, str]:
        """What the files look like."""
        return {
            "preference": (
                "One row per pair: prompt, chosen and rejected as message lists, votes, strength, "
                "and `margin` from 0 to 1, which RewardTrainer subtracts in its loss; remove that "
                "column for the plain loss."
            ),
            "kto": (
                "One row per response and vote with a true or false `label`, mixed by a hash "
                "because KTOTrainer reads rows in file order."
            ),
            "judgments": (
                "One row per judgment, ties included, with both responses in canonical order. "
                "A negative `value` prefers the first response; in `answers`, `response` is 0 for "
                "a comparison and else counts from 1; `shown_order` is what the rater saw."
            ),
        }

    def load_code(self, folder: str) -> str:
        """Loads each configuration."""
        return (
            "from datasets import load_dataset\n\n"
            f'pairs = load_dataset("{folder}")  # reward model, DPO\n'
            f'labels = load_dataset("{folder}", "kto")  # KTO\n'
            f'judgments = load_dataset("{folder}", "judgments")  # one row a rater, ties included\n'
        )


def _preference(item: TaskRows, pair: Pair) -> Values:
    """The values of a row of `preference`."""
    task, judgment = item.task, pair.judgment
    texts = task.candidates
    chosen, rejected = texts[pair.chosen], texts[pair.rejected]
    decided = pair.votes_chosen + pair.votes_rejected
    return (
        task.messages,
        reply(chosen.content),
        reply(rejected.content),
        pair.margin,
        pair.strength,
        pair.chosen_prob,
        pair.votes_chosen / decided if decided else 1.0,
        pair.voters,
        pair.votes_chosen,
        pair.votes_rejected,
        pair.votes_tie,
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
        item.criterion.key,
        task.category,
        task.language,
    )


def _judgment(item: TaskRows, judgment: JudgmentRecord) -> Values:
    """The values of a row of `judgments`."""
    task = item.task
    value = judgment.values.get(item.criterion.key)
    answers = [Answer(key, 0, number) for key, number in sorted(judgment.values.items())]
    answers += [
        Answer(rating.criterion, rating.response + 1, rating.value)
        for rating in sorted(judgment.ratings)
    ]
    return (
        task.id,
        task.prompt_id,
        item.group,
        judgment.id,
        judgment.rater,
        task.messages,
        tuple(response.content for response in task.responses),
        tuple(response.id for response in task.responses),
        tuple(response.model for response in task.responses),
        _choice(value, judgment.tie_kind if item.criterion.primary else ""),
        value,
        judgment.tie_kind,
        tuple(answers),
        judgment.rationale,
        judgment.flags,
        judgment.principles,
        judgment.guideline_version,
        judgment.purpose,
        judgment.source,
        judgment.strategy,
        judgment.probability,
        judgment.shown,
        judgment.active_ms,
        judgment.idle_ms,
        judgment.created_at,
        task.category,
        task.language,
    )


def _choice(value: int | None, tie_kind: str) -> str:
    """`first`, `second`, a kind of tie, `tie`, or `none` where the criterion was not answered."""
    if value:
        return "first" if value < 0 else "second"
    if tie_kind:
        return tie_kind
    return "none" if value is None else "tie"
