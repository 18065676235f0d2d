"""What of a dialogue a format carries, and why it refuses the rest: nothing is flattened.

A prompt or a response may hold more than texts that take turns: calls of tools and their answers,
names of who speaks, reasoning, several turns of a response, or nothing at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from msgspec.structs import replace

from labeling.datasets.records import (
    JudgmentRecord,
    Message,
    PictureRef,
    ResponseRecord,
    TaskRecord,
)
from labeling.vocabulary import TaskKind
from projects.words import gettext_noop


class ChatPart(StrEnum):
    """Something that a format may have no place for."""

    CALLS = "tool_calls"
    NAMES = "names"
    REASONING = "reasoning"
    TURNS = "several_turns"
    EMPTY = "empty"
    IMAGES = "images"


#: What a turn says beside its role and its text: keys of a message.
KEYS = frozenset({ChatPart.CALLS, ChatPart.NAMES, ChatPart.REASONING, ChatPart.IMAGES})


@dataclass(frozen=True, slots=True)
class Carried:
    """What a format carries in prompts, and what in responses.

    `EMPTY` is of pairs and of responses called bad: nobody should imitate silence.
    """

    prompts: frozenset[ChatPart] = frozenset()
    responses: frozenset[ChatPart] = frozenset()

    @property
    def has_keys(self) -> bool:
        """Whether a message may have more keys than `role` and `content`."""
        return bool((self.prompts | self.responses) & KEYS)


#: Message lists as chat templates take them, whatever a turn says.
CHATS = Carried(KEYS, frozenset(ChatPart))
#: Texts, which may be empty.
TEXTS = Carried(responses=frozenset({ChatPart.EMPTY}))
#: Message lists of `role` and `content` alone.
PLAIN_CHATS = Carried(responses=frozenset({ChatPart.EMPTY, ChatPart.TURNS}))


class Needs(NamedTuple):
    """What a release holds beyond plain texts: `keys` of messages, `turns` of responses, and
    imported `metadata`.

    Tables get the columns for it only where something needs them. `kind` is what its rows are,
    where it is not for the format to say. Pairs come in `groups` where several share an order or
    ratings, demonstrations from `reviews`, ratings on several criteria by `attributes`; judgments
    may tell why they have no value (`unsaid`), judge by `rules`, hold `texts`, name
    `reasons` that were picked, and mark `spans` and `regions`. `takes_texts`: its rows may hold
    texts that people wrote, and `written` that some do; texts may show `images`. `several`: tasks
    of other kinds than comparisons are among them, or turns of `conversations`.
    """

    keys: bool = False
    turns: bool = False
    metadata: bool = False
    kind: str = ""
    groups: bool = False
    reviews: bool = False
    attributes: tuple[str, ...] = ()
    unsaid: bool = False
    rules: bool = False
    texts: bool = False
    reasons: bool = False
    several: bool = False
    spans: bool = False
    regions: bool = False
    conversations: bool = False
    takes_texts: bool = False
    written: bool = False
    images: bool = False

    def and_of(self, task: TaskRecord) -> Needs:
        """These, and what the task needs."""
        responses = task.candidates
        turns = any(response.messages for response in responses)
        keys = any(map(_has_keys, task.messages)) or (
            turns and any(_has_keys(turn) for each in responses for turn in each.messages)
        )
        said = task.judgments
        return self._replace(
            keys=self.keys or keys,
            turns=self.turns or turns,
            metadata=self.metadata or bool(task.metadata),
            unsaid=self.unsaid or any(judgment.unrated for judgment in said),
            rules=self.rules or any(map(_names_rules, said)),
            texts=self.texts or any(judgment.text or judgment.edit_of for judgment in said),
            reasons=self.reasons or any(judgment.reasons for judgment in said),
            several=self.several or task.kind not in ("", TaskKind.COMPARE),
            spans=self.spans or any(judgment.spans for judgment in said),
            regions=self.regions or any(judgment.regions for judgment in said),
            conversations=self.conversations or bool(task.conversation),
            written=self.written
            or (self.takes_texts and any(response.writing for response in responses)),
            images=self.images or (keys and any(pictures_of_task(task))),
        )


NO_NEEDS = Needs()


def _names_rules(judgment: JudgmentRecord) -> bool:
    if not (judgment.ratings or judgment.unrated):
        return False
    rated, unrated = judgment.ratings, judgment.unrated
    return any(said.principle for said in rated) or any(said.principle for said in unrated)


def _has_keys(turn: Message) -> bool:
    named = turn.tool_calls or turn.tool_call_id or turn.name
    return bool(named or turn.reasoning_content or turn.images)


def pictures_of_task(task: TaskRecord) -> Iterator[PictureRef]:
    """All pictures that the texts of a task show."""
    for turn in task.messages:
        yield from turn.images
    for response in task.candidates:
        for turn in response.messages:
            yield from turn.images


def kept(messages: tuple[Message, ...], parts: frozenset[ChatPart]) -> tuple[Message, ...]:
    """The turns as a format writes them; only reasoning may be left out, all else is refused."""
    for turn in messages:
        if not turn.is_plain:
            thinks = ChatPart.REASONING in parts
            return tuple(
                replace(turn, parts=(), reasoning_content=turn.reasoning_content if thinks else "")
                for turn in messages
            )
    return messages


def reply(response: ResponseRecord, parts: frozenset[ChatPart]) -> tuple[Message, ...]:
    """A response as the message list that conversational trainers read."""
    return kept(response.messages, parts) if response.messages else response.turns


def has_reasoning(messages: Iterable[Message]) -> bool:
    """Whether a turn says what its model thought."""
    return any(turn.reasoning_content for turn in messages)


def is_empty(response: ResponseRecord) -> bool:
    """Whether the model answered nothing: what it thought is no answer."""
    return not response.text.strip() and not any(turn.images for turn in response.messages)


def prompt_not_carried(task: TaskRecord, carried: Carried) -> str | None:
    """Why the prompt has no place in a format, None if it has."""
    return _not_carried(task.messages, carried.prompts)


def response_not_carried(response: ResponseRecord, carried: Carried) -> str | None:
    """Why a response has no place in a format, None if it has."""
    parts = carried.responses
    if response.messages:
        if reason := _not_carried(response.messages, parts):
            return reason
        if len(response.messages) > 1 and ChatPart.TURNS not in parts:
            return "several_turns_not_carried"
    return "empty_response" if ChatPart.EMPTY not in parts and is_empty(response) else None


def _not_carried(messages: Sequence[Message], parts: frozenset[ChatPart]) -> str | None:
    if ChatPart.CALLS not in parts and any(
        turn.tool_calls or turn.tool_call_id or (turn.name and turn.role == "tool")
        for turn in messages
    ):
        return "tool_calls_not_carried"
    if ChatPart.NAMES not in parts and any(turn.name and turn.role != "tool" for turn in messages):
        return "names_not_carried"
    if ChatPart.IMAGES not in parts and any(turn.images for turn in messages):
        return "images_not_carried"
    return None


def pair_not_carried(first: ResponseRecord, second: ResponseRecord, carried: Carried) -> str | None:
    """Why two responses are no pair in a format: equal ones give no gradient and no error."""
    if ChatPart.EMPTY in carried.responses and not (first.messages or second.messages):
        same = first.content.strip() == second.content.strip()
        return "identical_responses" if same else None
    reason = response_not_carried(first, carried) or response_not_carried(second, carried)
    if reason or said_by(first) != said_by(second):
        return reason
    if _thoughts(first) == _thoughts(second):
        return "identical_responses"
    return None if ChatPart.REASONING in carried.responses else "reasoning_not_carried"


def said_by(response: ResponseRecord) -> tuple[tuple[str, ...], ...]:
    """What a response says aloud and shows, turn by turn: white space around a turn is nothing."""
    if not response.messages:
        return (("assistant", response.content.strip()),)
    return tuple(
        (turn.role, turn.text.strip(), *(picture.sha256 for picture in turn.images))
        for turn in response.messages
    )


def _thoughts(response: ResponseRecord) -> list[str]:
    return [turn.reasoning_content.strip() for turn in response.turns]


_WORDS: dict[ChatPart, tuple[str, str]] = {
    ChatPart.CALLS: (
        gettext_noop("Tool calls and their answers stand in the messages."),
        gettext_noop("Tool calls and their answers have no place in it."),
    ),
    ChatPart.TURNS: (
        gettext_noop("A response may have several turns."),
        gettext_noop("A response has one turn; one of several is left out and counted."),
    ),
    ChatPart.REASONING: (
        gettext_noop("Reasoning stands beside the text, in `reasoning_content`."),
        gettext_noop(
            "Reasoning is left out and counted, and two responses that differ in it alone are no "
            "pair."
        ),
    ),
    ChatPart.EMPTY: (
        gettext_noop("An empty response is an empty text; no row holds one up as good by itself."),
        gettext_noop("An empty response is left out and counted."),
    ),
}
_IN_PROMPTS = gettext_noop("Tool calls and their answers stand in prompts, not in responses.")


def carried_in_words(carried: Carried) -> tuple[str, ...]:
    """What becomes of dialogues, a sentence each, marked for translation."""
    texts = [words[0] if part in carried.responses else words[1] for part, words in _WORDS.items()]
    if ChatPart.CALLS in carried.prompts - carried.responses:
        texts[0] = _IN_PROMPTS
    return tuple(texts)
