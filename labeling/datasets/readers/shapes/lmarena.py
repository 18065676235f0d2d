"""LMArena votes: two models' conversations and the winner, in the three published generations.

Sources: the cards of lmarena-ai/arena-human-preference-140k, -100k and -55k (arXiv:2403.04132). The
first two hold chats, the third a CSV file whose cells are JSON lists of turns; lists of parts stand
for a message's content, and an image among them cannot be compared here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from labeling.datasets.readers import limits
from labeling.datasets.readers.columns import plain_name
from labeling.datasets.readers.fields import label, moment, text_value, whole_number
from labeling.datasets.readers.shapes.about import turn_number
from labeling.datasets.readers.shapes.base import COMMON, Sample, Shape, decoded_cell
from labeling.datasets.readers.shapes.chats import Chat, Reply, common_prompt
from labeling.datasets.readers.shapes.finish import Candidate, Parts
from labeling.datasets.readers.shapes.prompts import FRAME, framed
from labeling.datasets.readers.shapes.record import Record
from labeling.datasets.readers.shapes.winning import names_of_pair, winner_verdict
from labeling.datasets.readers.words import Verdict
from labeling.datasets.records import Message
from labeling.datasets.rows import ImportedJudgment, RefusalCode, RowError
from labeling.vocabulary import TieKind

_WINNERS = {
    "model_a": Verdict(-1),
    "model_b": Verdict(1),
    "tie": Verdict(0, TieKind.EQUAL_GOOD.value),
    "both_bad": Verdict(0, TieKind.EQUAL_BAD.value),
    "tie (bothbad)": Verdict(0, TieKind.EQUAL_BAD.value),
}
#: A question's number; the arena itself names every vote by a hash.
_NUMBER = re.compile(r"[0-9]{1,6}")
_FLAGS = {"winner_model_a": "model_a", "winner_model_b": "model_b", "winner_tie": "tie"}
_VOTE = ("winner", *_FLAGS)


def _turns(record: Record, name: str) -> list[object] | None:
    """A cell of the 55k file as its turns; None for a text that is no list."""
    value = decoded_cell(record.get(name))
    return value if isinstance(value, list) else None


def _turn_chats(record: Record) -> tuple[Chat, Chat]:
    """The two chats of `prompt`, `response_a` and `response_b`, each a text or a list of turns."""
    names = ("prompt", "response_a", "response_b")
    lists = [_turns(record, name) for name in names]
    columns = []
    for name, turns in zip(names, lists, strict=True):
        field = record.column(name)
        if None in lists:
            columns.append([text_value(record.get(name), field)])
        else:
            columns.append(
                [text_value(turn, f"{field}[{i}]") for i, turn in enumerate(turns or ())]
            )
    prompts, *sides = columns
    if len(prompts) > limits.MAX_MESSAGES // 2:
        raise RowError(
            record.column("prompt"),
            f"Has {len(prompts):,} turns; at most {limits.MAX_MESSAGES // 2:,} are taken.",
            code=RefusalCode.TOO_LONG,
        )
    for name, replies in zip(names[1:], sides, strict=True):
        if len(replies) != len(prompts):
            raise RowError(
                record.column(name),
                f"Has {len(replies)} turns; the prompt has {len(prompts)}.",
                code=RefusalCode.CONTRADICTION,
            )
    first, second = (
        tuple(
            Message(role, said)
            for pair in zip(prompts, replies, strict=True)
            for role, said in zip(("user", "assistant"), pair, strict=True)
        )
        for replies in sides
    )
    return first, second


def _pair(record: Record) -> tuple[Chat, list[Reply], tuple[str, str]]:
    if record.get("conversation_a") is not None or record.get("conversation_b") is not None:
        fields = record.column("conversation_a"), record.column("conversation_b")
        first, second = record.chat("conversation_a"), record.chat("conversation_b")
        _note_earlier_turns(record, first)
    else:
        fields = record.column("response_a"), record.column("response_b")
        first, second = _turn_chats(record)
    if record.get("turn") is not None:
        field = record.column("turn")
        turn = whole_number(record.get("turn"), field)
        first, second = (_up_to(turn, chat, field) for chat in (first, second))
    return *common_prompt((first, second), fields), fields


def _up_to(turn: int, chat: Chat, field: str) -> Chat:
    """A conversation up to the answer that was judged: MT-Bench has two turns, each with votes."""
    asked = [place for place, message in enumerate(chat) if message.role == "user"]
    if asked and not 1 <= turn <= len(asked):
        raise RowError(
            field,
            f"Must be a turn of the conversation, from 1 to {len(asked)}.",
            str(turn),
        )
    return chat[: asked[turn]] if turn < len(asked) else chat


def _names_a_question(record: Record) -> bool:
    """Whether the id is the number of a question, which all votes on it share, as in MT-Bench."""
    if record.get("turn") is None or plain_name(record.column("id")) != "question_id":
        return False
    return _NUMBER.fullmatch(str(record.get("id"))) is not None


def _note_earlier_turns(record: Record, chat: Chat) -> None:
    """`full_conversation` repeats the texts; only what it says beyond them is kept, as a count."""
    whole = decoded_cell(record.get("full_conversation"))
    if not isinstance(whole, list):
        return
    asked = sum(message.role == "user" for message in chat)
    if len(whole) > asked:
        record.rest["earlier_turns"] = len(whole) - asked


def _flagged(record: Record) -> Verdict | None:
    """The vote of the columns that each stand for one; None where the row has none."""
    flags = [name for name in _FLAGS if record.get(name) is not None]
    if not flags:
        return None
    won = [name for name in flags if whole_number(record.get(name), record.column(name))]
    if len(won) != 1:
        raise RowError(
            record.column(flags[0]),
            f"Exactly one winner must be 1, not {len(won)}.",
            code=RefusalCode.CONTRADICTION,
        )
    return _WINNERS[_FLAGS[won[0]]]


def _winner(record: Record, pair: Sequence[Candidate]) -> Verdict | None:
    """The vote; None where the row has none. Raises RowError where it is said in two ways."""
    flagged = _flagged(record)
    named = _named_winner(record, pair) if record.get("winner") is not None else None
    if flagged is not None and named is not None and flagged.value != named.value:
        raise RowError(
            record.column("winner"),
            "Names another side than the columns of a winner each.",
            record.get("winner"),
            code=RefusalCode.CONTRADICTION,
        )
    return named or flagged


def _named_winner(record: Record, pair: Sequence[Candidate]) -> Verdict:
    winner = record.get("winner")
    counting, field = record.view.counting.winner, record.column("winner")
    if counting and counting.codes:
        return winner_verdict(record, "winner", names_of_pair(pair))
    name = label(winner, field, most=limits.MAX_MODEL)
    vote = _WINNERS.get(name.lower()) or names_of_pair(pair).named(name)
    if vote is None:
        raise RowError(field, "Must be model_a, model_b, tie or both_bad.", winner)
    return vote


def _judgments(record: Record, pair: Sequence[Candidate]) -> list[ImportedJudgment]:
    vote = _winner(record, pair)
    rater = record.label("judge", most=limits.MAX_RATER) or record.label_rater
    if vote is None or not rater:
        for name in ("judge", "tstamp", *_VOTE):
            record.keep(name)
        return []
    return [vote.judgment(rater, at=moment(record.get("tstamp"), record.column("tstamp")))]


def _read(record: Record) -> list[Parts]:
    """The answers that were judged; the vote is a label where the row or the user names a rater."""
    # The newest generations tag a row with a tree of categories, which is no name of one.
    if not isinstance(decoded_cell(record.get("category")), str):
        record.keep("category")
    about: dict[str, object] = {}
    if _names_a_question(record):
        about = {"conversation": record.label("id", most=limits.MAX_ID)}
        record.keep("id")
    prompt, replies, fields = _pair(record)
    prompt = framed(record, prompt)
    if about:
        about["turn"] = turn_number(record)
    else:
        record.keep("turn")
    candidates = [
        Candidate(
            field=field,
            content=reply.content,
            model=record.label(model, most=limits.MAX_MODEL),
            messages=reply.messages,
        )
        for field, reply, model in zip(fields, replies, ("model_a", "model_b"), strict=True)
    ]
    return [Parts(prompt, candidates, _judgments(record, candidates), about=about)]


def _is_turns(value: object) -> bool:
    """A list of texts, as the arena writes the turns of one speaker."""
    return isinstance(value, list) and value != [] and all(isinstance(said, str) for said in value)


def _fits(sample: Sample) -> bool:
    """Votes that call the sides model_a and model_b; what else names a winner is a pair."""
    if sample.has("conversation_a") or any(sample.has(name) for name in _FLAGS):
        return True
    cells = [list(sample.values(name)) for name in ("prompt", "response_a", "response_b")]
    if all(values and all(map(_is_turns, values)) for values in cells):
        return True
    if "overall" in map(plain_name, sample.columns):
        # A strength beside the winner is a pair's; the arena has none.
        return False
    votes = [str(vote).strip().lower() for vote in sample.values("winner")]
    return bool(votes) and all(vote in _WINNERS for vote in votes)


LMARENA = Shape(
    key="lmarena",
    title="LMArena votes: two conversations and a winner",
    explanation=(
        "The prompt is what both conversations share. Where a turn is named, they are read up to "
        "its answers; where they part earlier, the rest of each is compared. The vote is a "
        "judgment by the judge that the row names, or by the name given below; a session is no "
        "person. A tie is equally good, both_bad equally bad."
    ),
    fields=(
        *("conversation_a", "conversation_b", "prompt", "response_a", "response_b"),
        *("model_a", "model_b", *_VOTE, "judge", "turn", "tstamp", "full_conversation"),
        *FRAME,
        *COMMON,
    ),
    needs=(("conversation_a", "conversation_b"), ("prompt", "response_a", "response_b")),
    read=_read,
    fits=_fits,
)
