"""What a release is made from: a task with its prompt, its responses and the judgments on it.

Pure and immutable. Raters are pseudonyms already when a record is built: nothing in this package
ever holds a name, an e-mail address or a user id. Values are canonical: negative means that the
first of the task's responses is better.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, NamedTuple

from msgspec import Struct, to_builtins

from labeling.datasets.mark_records import RegionRecord, SpanRecord
from labeling.vocabulary import Purpose, Source, Strategy, TieKind


class FunctionCall(Struct, frozen=True, gc=False):
    """Which function a model calls, with its arguments as JSON text, as it wrote them."""

    name: str
    arguments: str


class ToolCall(Struct, frozen=True, gc=False, omit_defaults=True):
    """A call in the shape of chat files: `{"id", "type", "function": {"name", "arguments"}}`."""

    function: FunctionCall
    id: str = ""
    type: str = "function"


class ContentPart(Struct, frozen=True, gc=False):
    """One part of a turn's content, as chat files list them; `type` is text."""

    type: str
    text: str


class PictureRef(Struct, frozen=True, gc=False, omit_defaults=True):
    """A picture of a turn: which of those that are kept it is, how large it is, in pixels and in
    bytes, and whether it is PNG or WebP (`form`).

    Before it is kept it has no `sha256`: it is then the `name` of a file that comes with the row,
    or the hash of bytes that stood in the row, its `source`. `is_aside` is whether it stood in a
    column `{"bytes", "path"}` beside texts, which data sets have also where the picture is not in.
    """

    sha256: str = ""
    width: int = 0
    height: int = 0
    form: str = ""
    size: int = 0
    name: str = ""
    source: str = ""
    is_aside: bool = False

    @property
    def file_name(self) -> str:
        """Where it is in the folder of a release."""
        return f"images/{self.sha256}.{self.form}"


class Message(Struct, frozen=True, gc=False, omit_defaults=True):
    """One turn of a conversation; `role` is system, user, assistant or tool.

    `content` is its whole text, "" where it only calls tools; `parts` are those it was written
    in, where they were several. A tool's turn may name the call it answers and the tool. `images`
    are the pictures that it shows, beside its text.
    """

    role: str
    content: str
    parts: tuple[ContentPart, ...] = ()
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str = ""
    name: str = ""
    reasoning_content: str = ""
    images: tuple[PictureRef, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Whether role and content say all of it."""
        return not (
            self.parts
            or self.tool_calls
            or self.tool_call_id
            or self.name
            or self.reasoning_content
            or self.images
        )

    @property
    def text(self) -> str:
        """What it says aloud: its content, then its calls, a line each; not its reasoning."""
        if not self.tool_calls:
            return self.content
        functions = [call.function for call in self.tool_calls]
        calls = [f"{function.name}({function.arguments})" for function in functions]
        return "\n".join([self.content, *calls] if self.content else calls)


class HowWritten(NamedTuple):
    """How a person wrote a text: the share of what went in that was pasted, None where nobody
    counted, and whether they say to have used a tool."""

    paste_ratio: float | None = None
    declared_assist: bool = False


class ResponseRecord(Struct, frozen=True, gc=False, omit_defaults=True):
    """One candidate output. `id` is the name the owner of the data gave it.

    `edited_from` is the id of the response that a person improved into this one, "" for none;
    `judgment` that of the judgment in which a person wrote it, where one did, and `writing` how;
    `rejected` says that a second person does not approve it. `messages` are its own turns, empty
    for one plain turn of the assistant; `content` is the text of the last turn.
    """

    id: str
    content: str
    model: str = ""
    edited_from: str = ""
    messages: tuple[Message, ...] = ()
    judgment: str = ""
    writing: HowWritten | None = None
    rejected: bool = False

    @property
    def turns(self) -> tuple[Message, ...]:
        """What the model wrote, turn by turn; never empty."""
        return self.messages or (Message("assistant", self.content),)

    @property
    def text(self) -> str:
        """All that it says, turn by turn: what has a length and a style, and can be empty."""
        if not self.messages:
            return self.content
        return "\n\n".join([turn.text for turn in self.messages])


class Rating(NamedTuple):
    """A value on a criterion that judges one response by itself; `response` counts from 0.

    `principle` is the name of the principle that the response was judged by
    (`PrincipleRecord.name`), "" where it was by none.
    """

    criterion: str
    response: int
    value: int
    principle: str = ""


class Unrated(NamedTuple):
    """Why a response has no value on a criterion: `unsaid` is what the rater said instead."""

    criterion: str
    response: int
    unsaid: str
    principle: str = ""


class JudgmentRecord(Struct, frozen=True, gc=False, omit_defaults=True):
    """One rater's judgment.

    `values` maps the key of a comparing criterion to its signed value, `tie_kinds` to which tie a
    0 was, and `unsaid` to why there is no value. `shown` holds the positions of the responses in
    the order in which the rater saw them, e.g. (1, 0) when the second was shown first. Of the
    criteria in `side_only` the source of an imported label told the side alone: the value is -1
    or 1, and on a scale with strengths nothing may read that as one. `unrated` are the answers on
    single responses without a value, `text` is what the rater wrote, a response called `text_id`,
    `edit_of` which response that edits, from 1 (without a text it was left as it was), `writing`
    how it was written and `counted` of how many characters typed and pasted. Times are in
    milliseconds, None where nobody measured them: in imported judgments, and where a broken clock
    sent what cannot be (`times_cut`). `adjudicates` marks a reviewer's final word on the task: a
    judgment of that purpose, or a vote from before there was one, which stays a vote too;
    `stopped`: a gate ended it. `created_at` is ISO 8601 in UTC.
    """

    id: str
    rater: str
    values: dict[str, int]
    tie_kinds: dict[str, str] = {}
    unsaid: dict[str, str] = {}
    ratings: tuple[Rating, ...] = ()
    rationale: str = ""
    flags: tuple[str, ...] = ()
    principles: tuple[str, ...] = ()
    guideline_version: int = 0
    rubric_version: int = 0
    purpose: str = Purpose.LIVE.value
    source: str = Source.HUMAN.value
    strategy: str = Strategy.UNIFORM.value
    probability: float | None = None
    shown: tuple[int, ...] = ()
    active_ms: int | None = None
    idle_ms: int | None = None
    times_cut: bool = False
    created_at: str = ""
    adjudicates: bool = False
    side_only: tuple[str, ...] = ()
    unrated: tuple[Unrated, ...] = ()
    text: str = ""
    text_id: str = ""
    edit_of: int = 0
    writing: HowWritten | None = None
    counted: tuple[int | None, int | None] = (None, None)
    reasons: tuple[str, ...] = ()
    spans: tuple[SpanRecord, ...] = ()
    regions: tuple[RegionRecord, ...] = ()
    stopped: bool = False

    @property
    def is_apart(self) -> bool:
        """Whether it is a final word and no vote."""
        return self.purpose == Purpose.ADJUDICATION.value

    def tie_on(self, criterion: str) -> str | None:
        """Which tie this judgment is on the criterion, None if it is decided or not answered.

        "unspecified" where a 0 carries no kind.
        """
        value = self.values.get(criterion)
        if value:
            return None
        return self.tie_kinds.get(criterion, None if value is None else "unspecified")


class TaskRecord(Struct, frozen=True, gc=False, omit_defaults=True):
    """A task, its responses in canonical order and everything said about it.

    `edits` are responses that people improved from one of `responses`. `metadata` is what an
    import kept of the task beyond its texts, as JSON, "" for nothing; it is in no key. `kind` is
    how raters were asked (`TaskKind`, or `review` of a text), "" where nobody says.
    Of a turn `conversation` names the conversation and `turn` its place in it, from 1; a later one
    may come `after` a response of an earlier one, and be `off_path` where more of the raters of
    that one preferred another. `licence` and `permitted_use` are what its row says of its texts.
    """

    id: str
    prompt_id: str
    messages: tuple[Message, ...]
    responses: tuple[ResponseRecord, ...]
    judgments: tuple[JudgmentRecord, ...]
    category: str = ""
    language: str = ""
    edits: tuple[ResponseRecord, ...] = ()
    metadata: str = ""
    kind: str = ""
    conversation: str = ""
    turn: int | None = None
    after: str = ""
    off_path: bool = False
    licence: str = ""
    permitted_use: str = ""

    @property
    def candidates(self) -> tuple[ResponseRecord, ...]:
        """The responses, then the edits: what positions in pairs and labels count."""
        return self.responses + self.edits if self.edits else self.responses

    def content_key(self) -> str:
        """A hexadecimal SHA-256 of the task's ids and texts alone: the order of every file.

        A hash both fixes the order whatever order the database answers in and mixes the tasks,
        so that neighbours in a file are not neighbours in the import.
        """
        parts = [self.id, self.prompt_id]
        for message in self.messages:
            parts += (message.role, message.content)
            if not message.is_plain:
                parts.append(canonical_json(to_builtins(message)))
        for response in self.responses:
            parts += (response.id, response.content, response.model)
            if response.messages:
                parts.append(canonical_json(to_builtins(response.messages)))
        return digest(*parts).hex()


class PrincipleRecord(Struct, frozen=True, gc=False):
    """A principle of one version of the guideline, by which responses are judged."""

    version: int
    number: int
    key: str
    title: str
    text: str

    @property
    def name(self) -> str:
        """What ratings call it."""
        return f"{self.version}.{self.number}"

    @property
    def rule(self) -> str:
        """The rule in words: its text, or its title where there is no more."""
        return self.text.strip() or self.title


@dataclass(frozen=True)
class CriterionRecord:
    """The criterion a release is made on.

    `answer` says whether it compares two responses, ranks all of them (1 is best, equal numbers
    are ties), rates each by itself or is a gate, of which no row is made. `strongest` is the
    largest magnitude of its scale, `levels` its magnitudes from weak to strong, of a rating its
    values from low to high; `margins` are the published training margins by strength, where the
    scale's publication states them.
    `by_rule` says that it is asked once for each principle of the guideline; `principles` are
    those of all versions, by name. `asked_on` names the kinds of tasks that ask it, none where
    nobody says. `words` are the options of a scale that is the project's own, None of a published
    one.
    """

    key: str
    wording: str
    scale: str
    strongest: int
    primary: bool = True
    margins: Mapping[int, float] | None = None
    levels: tuple[int, ...] = ()
    answer: Literal["compare", "rank", "rate", "gate", "conversation"] = "compare"
    by_rule: bool = False
    asked_on: frozenset[str] = frozenset()
    principles: Mapping[str, PrincipleRecord] = field(default_factory=dict)
    words: tuple[Mapping[str, object], ...] | None = None

    @cached_property
    def strengths(self) -> tuple[int, ...]:
        """The magnitudes a decided answer can have, from weak to strong."""
        return self.levels or tuple(range(1, self.strongest + 1))

    @property
    def is_thumb(self) -> bool:
        """Whether it is a thumb, up or down: 1 is up."""
        return self.answer == "rate" and self.scale == THUMB_SCALE

    @property
    def is_yes_no(self) -> bool:
        """Whether a rating on it is yes (1) or no (0)."""
        return self.answer == "rate" and self.levels == (0, 1)

    @property
    def names_fault(self) -> bool:
        """Whether its published question is about a fault: yes, or more of it, is bad."""
        return self.answer == "rate" and self.scale in _FAULTS

    @property
    def has_strengths(self) -> bool:
        """Whether a decided answer says how much better one response is."""
        return self.answer == "compare" and len(self.strengths) > 1

    @cached_property
    def _largest_margin(self) -> float:
        return max((self.margins or {}).values(), default=0.0) or 1.0

    def margin(self, strength: int) -> float:
        """The strength as a training margin from 0 to 1 (the published ones are scaled to 1)."""
        if self.margins:
            return self.margins.get(strength, 0.0) / self._largest_margin
        return strength / self.strongest


def digest(*parts: str) -> bytes:
    """SHA-256 over the parts, with their lengths, so that no two lists collide."""
    lengths = ",".join(map(str, map(len, parts)))
    whole = "\0".join((lengths, *parts))
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).digest()


def canonical_json(value: object) -> str:
    """JSON with sorted keys and no spare white space: equal values give equal text."""
    return json.dumps(value, sort_keys=True, ensure_ascii=True, separators=(",", ":"))


#: Scales that ask for a fault.
_FAULTS = frozenset({"dices", "dices_harm", "redteam5", "rtp_toxicity"})
#: The scales of a thumb up (1) or down (0), and of a reviewer's decision.
THUMB_SCALE, DECISION_SCALE = "thumb", "decision"
#: The kinds of ties an answer can be, as reasons for leaving it out.
TIES = tuple(kind.value for kind in TieKind)
#: A tie that is several votes put together, none of whose kinds most of them are.
MIXED_TIE = "mixed"
