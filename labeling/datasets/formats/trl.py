"""TRL preference: plain or conversational, with the prompt in a column of its own or inside.

Read by RewardTrainer, DPOTrainer and the trainers built like them (TRL dataset formats,
"preference"). `prompt`, `chosen` and `rejected` are all strings or all message lists, the prompt is
never repeated inside `chosen`, and no other column has a name that a trainer gives a meaning to,
except `margin`, which RewardTrainer subtracts in its loss and which is never null.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from labeling.datasets.formats.base import Format, Row, TaskRows, reply
from labeling.datasets.formats.columns import FLOAT, MESSAGES, STRING, Kind, Table
from labeling.datasets.recipes.base import Pair
from labeling.datasets.records import TaskRecord, digest

#: What stands between prompt and response where plain text holds both.
JOINT = "\n\n"


def pair_id(item: TaskRows, pair: Pair) -> str:
    """A name for a pair, 16 hexadecimal digits; one judgment's pair is named by its pseudonym."""
    judgment = pair.judgment.id if pair.judgment else ""
    places = f"{pair.chosen} {pair.rejected}"
    return digest("pair", item.task.id, places, judgment, item.criterion.key).hex()[:16]


def _table(kind: Kind, *, explicit: bool) -> Table:
    texts = ("prompt", "chosen", "rejected") if explicit else ("chosen", "rejected")
    columns = [(name, kind) for name in texts]
    columns += [("id", STRING), ("prompt_id", STRING), ("strength", FLOAT), ("margin", FLOAT)]
    return Table("default", "data", tuple(columns), default=True)


class _Trl(Format):
    """The shared part: one table, ids and strength after the texts."""

    family = "TRL"

    def rows(self, item: TaskRows) -> Iterator[Row]:
        """One row per pair."""
        for pair in item.pairs:
            responses = item.task.candidates
            texts = self._texts(
                item.task, responses[pair.chosen].content, responses[pair.rejected].content
            )
            names = (pair_id(item, pair), item.task.prompt_id)
            yield Row("default", (*texts, *names, pair.strength, pair.margin))

    def _texts(self, task: TaskRecord, chosen: str, rejected: str) -> tuple[Any, ...]:
        raise NotImplementedError

    def load_code(self, folder: str) -> str:
        """Loads the train split and trains a reward model on it."""
        return (
            "from datasets import load_dataset\n\n"
            f'pairs = load_dataset("{folder}")\n'
            'print(pairs["train"][0]["chosen"])\n'
        )

    def explain(self) -> dict[str, str]:
        """What the files look like."""
        return {
            "Columns": f"{', '.join(self.tables[0].names)}.",
            "Strength": (
                "`strength` is the magnitude on the scale. RewardTrainer subtracts `margin` "
                "(0 to 1) in its loss; remove that column for the plain loss."
            ),
        }


class TrlConversational(_Trl):
    """Message lists, explicit prompt: what most trainers take unchanged."""

    key = "trl"
    title = "TRL preference, conversational"
    tables = (_table(MESSAGES, explicit=True),)

    def _texts(self, task: TaskRecord, chosen: str, rejected: str) -> tuple[Any, ...]:
        return (task.messages, reply(chosen), reply(rejected))

    def explain(self) -> dict[str, str]:
        """What the files look like."""
        shape = "The prompt is a message list; `chosen` and `rejected` hold the reply alone."
        return {"Texts": shape, **super().explain()}


class TrlConversationalImplicit(_Trl):
    """Message lists that hold the whole conversation."""

    key = "trl-implicit"
    title = "TRL preference, conversational, implicit prompt"
    tables = (_table(MESSAGES, explicit=False),)

    def _texts(self, task: TaskRecord, chosen: str, rejected: str) -> tuple[Any, ...]:
        return (task.messages + reply(chosen), task.messages + reply(rejected))

    def explain(self) -> dict[str, str]:
        """What the files look like."""
        shape = "`chosen` and `rejected` both hold the whole conversation; the shared beginning is the prompt."  # noqa: E501
        return {"Texts": shape, **super().explain()}


class TrlPlain(_Trl):
    """Strings, explicit prompt, for prompts of a single user turn."""

    key = "trl-plain"
    title = "TRL preference, plain text"
    tables = (_table(STRING, explicit=True),)

    def refusal(self, task: TaskRecord) -> str | None:
        """Plain text has no turns: writing several would invent a chat template."""
        return super().refusal(task) or ("multi_turn" if len(task.messages) > 1 else None)

    def _texts(self, task: TaskRecord, chosen: str, rejected: str) -> tuple[Any, ...]:
        return (task.messages[0].content, chosen, rejected)

    def explain(self) -> dict[str, str]:
        """What the files look like."""
        return {
            "Texts": "Strings, exactly as the raters saw them; no template is applied.",
            "Conversations": (
                "A prompt of several turns or with a system turn is left out and counted: "
                "plain text would need a chat template that no model was trained with. "
                "Take a conversational format for those."
            ),
            **super().explain(),
        }


class TrlPlainImplicit(TrlPlain):
    """Strings that hold prompt and response."""

    key = "trl-plain-implicit"
    title = "TRL preference, plain text, implicit prompt"
    tables = (_table(STRING, explicit=False),)

    def _texts(self, task: TaskRecord, chosen: str, rejected: str) -> tuple[Any, ...]:
        prompt = task.messages[0].content + JOINT
        return (prompt + chosen, prompt + rejected)

    def explain(self) -> dict[str, str]:
        """What the files look like."""
        shape = "`chosen` and `rejected` are the prompt, an empty line, and the response."
        return {**super().explain(), "Texts": shape}
