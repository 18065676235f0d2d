"""LMArena votes: two models' conversations, side by side, and the winner.

Columns named as in lmarena-ai/arena-human-preference-100k, values of `winner` as in the 140k set
(arXiv:2403.04132): model_a, model_b, tie, both_bad.
"""

from __future__ import annotations

from collections.abc import Iterator

from labeling.datasets.formats.base import FileRow, Format, TaskRows
from labeling.datasets.formats.carrying import PLAIN_CHATS, kept, reply
from labeling.datasets.formats.columns import INT, PLAIN_MESSAGES, STRING, FileTable
from labeling.datasets.formats.parts import canonical_sides, pair_id, signed_value
from labeling.datasets.formats.refusals import CHAT_REFUSED
from labeling.datasets.recipes.outcome import Pair
from labeling.datasets.records import TaskRecord
from projects.words import gettext_noop

_TIES = {"equal_good": "tie", "unspecified": "tie", "equal_bad": "both_bad"}


class LMArena(Format):
    """One row a vote, ties included."""

    key = "lmarena"
    title = gettext_noop("LMArena votes")
    family = gettext_noop("Published data sets")
    tables = (
        FileTable(
            "default",
            "data",
            (
                ("question_id", STRING),
                ("model_a", STRING),
                ("model_b", STRING),
                ("winner", STRING),
                ("judge_hash", STRING),
                ("conversation_a", PLAIN_MESSAGES),
                ("conversation_b", PLAIN_MESSAGES),
                ("turn", INT),
                ("language", STRING),
                ("category_tag", STRING),
            ),
            default=True,
        ),
    )
    carries_ties = True
    carries = PLAIN_CHATS
    about = {
        "Rows": gettext_noop(
            "One row per pair: both whole conversations in canonical order, and `winner`, which is "
            "model_a, model_b, tie (equally good, or nobody knows which tie) or both_bad. "
            "`judge_hash` is the rater's pseudonym, empty where raters were put together; `turn` "
            "counts the user's turns."
        ),
        "Cannot carry": (
            gettext_noop(
                "Strength has no place in it. A tie that cannot tell, or is of several kinds, is "
                "left out and counted: LMArena has no such vote."
            ),
            CHAT_REFUSED,
        ),
    }

    def pair_refusal(self, task: TaskRecord, pair: Pair) -> str | None:
        """Two kinds of ties have a word in it."""
        return f"tie_{pair.tie}" if pair.tie and pair.tie not in _TIES else None

    def rows(self, item: TaskRows) -> Iterator[FileRow]:
        """One row per pair."""
        task = item.task
        prompt = kept(task.messages, PLAIN_CHATS.prompts)
        for pair in item.pairs:
            first, second = canonical_sides(item, pair)
            chats = [prompt + reply(side, PLAIN_CHATS.responses) for side in (first, second)]
            decided = "model_a" if signed_value(pair) < 0 else "model_b"
            yield FileRow(
                "default",
                (
                    pair_id(item, pair),
                    first.model,
                    second.model,
                    _TIES[pair.tie] if pair.tie else decided,
                    pair.judgment.rater if pair.judgment else "",
                    *chats,
                    max(sum(turn.role == "user" for turn in chat) for chat in chats),
                    task.language,
                    task.category,
                ),
            )
