"""Pairs for other trainers that read message lists: OpenRLHF, Axolotl, NeMo-RL and OpenAI.

Sources: OpenRLHF `openrlhf/datasets/reward_dataset.py`, Axolotl
`axolotl/prompt_strategies/dpo/chat_template.py`, NeMo-RL `docs/guides/dpo.md` with
`nemo_rl/data/datasets/preference_datasets`, and OpenAI's guide to preference fine-tuning.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from labeling.datasets.formats.base import FileRow, Format, TaskRows
from labeling.datasets.formats.carrying import CHATS, KEYS, Carried, ChatPart, kept, reply
from labeling.datasets.formats.columns import (
    BOOL,
    FLOAT,
    INT,
    MESSAGES,
    PLAIN_MESSAGES,
    SPOKEN_MESSAGES,
    STRINGS,
    FileTable,
)
from labeling.datasets.formats.nested import MESSAGE, list_column, record_column
from labeling.datasets.formats.refusals import CHAT_REFUSED, call_refusal, role_refusal
from labeling.datasets.records import Message, ResponseRecord, TaskRecord
from projects.words import gettext_noop

_FAMILY = "Other trainers"
#: Message lists as their chat templates take them; their readers of pairs look for no pictures.
_WITHOUT_PICTURES = Carried(CHATS.prompts - {ChatPart.IMAGES}, CHATS.responses - {ChatPart.IMAGES})
_NO_TIES = gettext_noop("Ties and ids have no place in it.")


class OpenRLHF(Format):
    """Prompt, chosen and rejected as message lists, and the margin of its reward model."""

    key = "openrlhf"
    title = gettext_noop("OpenRLHF reward and DPO")
    family = _FAMILY
    carries = _WITHOUT_PICTURES
    tables = (
        FileTable(
            "default",
            "data",
            (
                ("prompt", MESSAGES),
                ("chosen", MESSAGES),
                ("rejected", MESSAGES),
                ("margin", FLOAT),
            ),
            default=True,
        ),
    )
    about = {
        "Texts": gettext_noop(
            "The prompt is a message list; `chosen` and `rejected` hold the reply alone."
        ),
        "Margin": gettext_noop(
            "`margin` is the strength from 0 to 1, unless the recipe says otherwise; it counts "
            "with `--model.margin_loss_enable` only."
        ),
        "Cannot carry": (_NO_TIES, CHAT_REFUSED),
    }
    usage = (
        "# --data.dataset path/to/this/folder --data.prompt_key prompt\n"
        "# --data.chosen_key chosen --data.rejected_key rejected --data.apply_chat_template\n"
    )

    def rows(self, item: TaskRows) -> Iterator[FileRow]:
        """One row per pair."""
        task = item.task
        prompt = kept(task.messages, CHATS.prompts)
        for pair in item.pairs:
            replies = (
                reply(task.candidates[place], CHATS.responses)
                for place in (pair.chosen, pair.rejected)
            )
            yield FileRow("default", (prompt, *replies, pair.margin))


class Axolotl(Format):
    """The prompt as `messages`, and one message each as `chosen` and `rejected`."""

    key = "axolotl"
    title = gettext_noop("Axolotl DPO")
    family = _FAMILY
    tables = (
        FileTable(
            "default",
            "data",
            (("messages", PLAIN_MESSAGES), ("chosen", MESSAGE), ("rejected", MESSAGE)),
            default=True,
        ),
    )
    about = {
        "Texts": gettext_noop(
            "`messages` is the prompt, `chosen` and `rejected` are one message each, as the type "
            "`chat_template.default` reads them for DPO, IPO, SimPO and ORPO."
        ),
        "Beware": gettext_noop(
            "Axolotl looks for a response in the rendered chat. It cuts at the wrong place where "
            "the chat template trims the response, or is the first to contain it, as with an "
            "answer of a single letter; take a template that does neither."
        ),
        "Cannot carry": (_NO_TIES, gettext_noop("Strength has none either."), CHAT_REFUSED),
    }
    usage = (
        "# rl: dpo\n"
        "# chat_template: tokenizer_default\n"
        "# datasets:\n"
        "#   - {path: path/to/this/folder, split: train, type: chat_template.default}\n"
    )
    _ROLES = frozenset({"system", "user", "assistant", "tool"})

    def refusal(self, task: TaskRecord) -> str | None:
        """Axolotl stops at a role that it does not know."""
        return super().refusal(task) or role_refusal(task.messages, self._ROLES)

    def rows(self, item: TaskRows) -> Iterator[FileRow]:
        """One row per pair."""
        task = item.task
        candidates = task.candidates
        for pair in item.pairs:
            texts = (candidates[pair.chosen].content, candidates[pair.rejected].content)
            replies = (Message("assistant", text) for text in texts)
            yield FileRow("default", (kept(task.messages, frozenset()), *replies))


class _Completion(Struct, frozen=True, gc=False):
    rank: int
    completion: tuple[Message, ...]


class NemoRL(Format):
    """A context and two completions with a rank each, the lower one preferred."""

    key = "nemo-rl"
    title = gettext_noop("NeMo-RL preference")
    family = _FAMILY
    # Its loss on pairs counts the last message of a completion alone.
    carries = Carried(_WITHOUT_PICTURES.prompts, _WITHOUT_PICTURES.responses - {ChatPart.TURNS})
    file_types = ("jsonl",)
    tables = (
        FileTable(
            "default",
            "data",
            (
                ("context", MESSAGES),
                ("completions", list_column(record_column(rank=INT, completion=MESSAGES))),
            ),
            default=True,
        ),
    )
    about = {
        "Texts": gettext_noop(
            "`context` is the prompt; `completions` are two replies as message lists, the "
            "preferred one with rank 0, the other with rank 1."
        ),
        "Cannot carry": (_NO_TIES, gettext_noop("Strength has none either."), CHAT_REFUSED),
    }
    usage = (
        "# data:\n"
        "#   train: {dataset_name: PreferenceDataset,\n"
        "#           data_path: path/to/this/folder/data/train-00000-of-00001.jsonl}\n"
    )

    def rows(self, item: TaskRows) -> Iterator[FileRow]:
        """One row per pair."""
        task = item.task
        parts = self.carries.responses
        for pair in item.pairs:
            completions = tuple(
                _Completion(rank, reply(task.candidates[place], parts))
                for rank, place in enumerate((pair.chosen, pair.rejected))
            )
            yield FileRow("default", (kept(task.messages, self.carries.prompts), completions))


#: What the service knows of a turn beside its text: it has no key for reasoning.
_SAID = KEYS - {ChatPart.REASONING, ChatPart.IMAGES}


class _Input(Struct, frozen=True, gc=False):
    messages: tuple[Message, ...]
    tools: tuple[str, ...] = ()
    parallel_tool_calls: bool = True


class OpenAI(Format):
    """The input with its messages, a preferred and a non-preferred output."""

    key = "openai"
    title = gettext_noop("OpenAI preference fine-tuning")
    family = _FAMILY
    # Its schema has one message an output.
    carries = Carried(_SAID, _SAID)
    file_types = ("jsonl",)
    tables = (
        FileTable(
            "default",
            "data",
            (
                (
                    "input",
                    record_column(
                        messages=SPOKEN_MESSAGES, tools=STRINGS, parallel_tool_calls=BOOL
                    ),
                ),
                ("preferred_output", SPOKEN_MESSAGES),
                ("non_preferred_output", SPOKEN_MESSAGES),
            ),
            default=True,
        ),
    )
    about = {
        "Texts": gettext_noop(
            "`input` holds the prompt's messages; `preferred_output` and `non_preferred_output` "
            "are one assistant message each. Fireworks and Together take the same lines."
        ),
        "Cannot carry": (
            _NO_TIES,
            gettext_noop(
                "Strength has none either. A tool's turn and a call that do not name each other, "
                "developer turns, and empty turns are left out and counted, and so is a prompt "
                "that does not end with a user or tool turn."
            ),
        ),
    }
    usage = "# Upload the files in data/ as they are, for training and for validation.\n"
    _ROLES = frozenset({"system", "user", "assistant", "tool"})

    def refusal(self, task: TaskRecord) -> str | None:
        """Roles that the service takes, answers that name their calls, and no empty turn."""
        reason = role_refusal(task.messages, self._ROLES) or call_refusal(task.messages)
        if reason := reason or super().refusal(task):
            return reason
        return None if all(turn.text.strip() for turn in task.messages) else "empty_turn"

    def response_refusal(self, response: ResponseRecord) -> str | None:
        """Calls without an id, which no answer could name."""
        return call_refusal(response.messages, may_call_last=True)

    def rows(self, item: TaskRows) -> Iterator[FileRow]:
        """One row per pair."""
        task = item.task
        parts = self.carries.responses
        prompt = _Input(_named_by_calls(kept(task.messages, self.carries.prompts)))
        for pair in item.pairs:
            sides = (task.candidates[place] for place in (pair.chosen, pair.rejected))
            yield FileRow("default", (prompt, *(reply(side, parts) for side in sides)))


def _named_by_calls(messages: tuple[Message, ...]) -> tuple[Message, ...]:
    """The messages without the names of tools, which the service knows from their calls."""
    if not any(turn.name and turn.role == "tool" for turn in messages):
        return messages
    return tuple(replace(turn, name="") if turn.role == "tool" else turn for turn in messages)
