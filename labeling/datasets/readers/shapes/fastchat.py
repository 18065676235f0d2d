"""FastChat's log of votes: two conversations as its server keeps them, and who won.

Source: `vote_last_response` in fastchat/serve/gradio_block_arena_anony.py and `dict()` in
fastchat/conversation.py. A log has other lines too (chats, single thumbs); they are no votes. The
address of whoever voted is left out: it is a person's, and no rater's name.
"""

from __future__ import annotations

from collections.abc import Mapping

from labeling.datasets.readers import limits
from labeling.datasets.readers.chat import messages
from labeling.datasets.readers.fields import label, moment, type_in_words
from labeling.datasets.readers.shapes.base import COMMON, Sample, Shape
from labeling.datasets.readers.shapes.chats import Chat, common_prompt
from labeling.datasets.readers.shapes.finish import Candidate, Parts
from labeling.datasets.readers.shapes.record import Record
from labeling.datasets.readers.words import Verdict
from labeling.datasets.rows import ImportedJudgment, RefusalCode, RowError
from labeling.vocabulary import TieKind

_VOTES = {
    "leftvote": Verdict(-1),
    "rightvote": Verdict(1),
    "tievote": Verdict(0, TieKind.EQUAL_GOOD.value),
    "bothbad_vote": Verdict(0, TieKind.EQUAL_BAD.value),
}
_PAIR = 2
#: Who speaks, by the place of their name among the roles of a conversation.
_SPEAKERS = ("user", "assistant")
#: What of a conversation is read, or says how its text is put together for a model.
_READ = frozenset({"messages", "roles", "system_message", "model_name", "offset", "template_name"})


def _turn(turn: object, roles: object, field: str) -> dict[str, object]:
    """`[speaker, text]` as a message; the speaker by the conversation's own names, where it has."""
    if not isinstance(turn, list) or len(turn) != _PAIR:
        raise RowError(field, "Must be a speaker and a text.", turn, code=RefusalCode.WRONG_TYPE)
    speaker, text = turn
    named = roles if isinstance(roles, list) and len(roles) == _PAIR else []
    role = _SPEAKERS[named.index(speaker)] if speaker in named else speaker
    return {"role": role, "content": text}


def _conversation(state: object, field: str) -> Chat:
    if not isinstance(state, dict) or not isinstance(state.get("messages"), list):
        raise RowError(
            field,
            f'Must be a conversation {{"messages": …}}, not {type_in_words(state)}.',
            state,
            code=RefusalCode.WRONG_TYPE,
        )
    # The first ones are examples of the template.
    start = state.get("offset")
    start = start if type(start) is int and start > 0 else 0
    said = state["messages"][start : start + limits.MAX_MESSAGES + 1]
    turns = [
        _turn(turn, state.get("roles"), f"{field}.messages[{place}]")
        for place, turn in enumerate(said, start)
    ]
    if state.get("system_message"):
        turns.insert(0, {"role": "system", "content": state["system_message"]})
    return messages(turns, f"{field}.messages")


def _states(record: Record) -> list[object]:
    """The two conversations. Raises RowError for a line of the log that is no vote."""
    kind, field = record.label("type", most=limits.MAX_NAME), record.column("type")
    if kind not in _VOTES:
        raise RowError(
            field,
            "Is no vote on two conversations: a log has other lines too. Leave them out, or let "
            f"them be refused. Votes: {', '.join(_VOTES)}.",
            kind,
            code=RefusalCode.UNSUPPORTED,
        )
    states, column = record.get("states"), record.column("states")
    if not isinstance(states, list) or len(states) != _PAIR:
        raise RowError(
            column, "Must be a list of two conversations.", states, code=RefusalCode.WRONG_TYPE
        )
    return states


def _model(record: Record, state: object, place: int) -> str:
    """The name in the conversation; the list beside it is empty where the vote was blind."""
    name = state.get("model_name") if isinstance(state, dict) else ""
    listed = record.get("models")
    if not name and isinstance(listed, list) and len(listed) == _PAIR:
        name = listed[place]
    return label(name, f"{record.column('states')}[{place}].model_name", most=limits.MAX_MODEL)


def _judgments(record: Record, verdict: Verdict) -> list[ImportedJudgment]:
    rater = record.label("rater", most=limits.MAX_RATER) or record.label_rater
    if not rater:
        record.keep("type")
        record.keep("tstamp")
        return []
    return [verdict.judgment(rater, at=moment(record.get("tstamp"), record.column("tstamp")))]


def _read(record: Record) -> list[Parts]:
    """What the two conversations share, and what each model answered."""
    states = _states(record)
    verdict = _VOTES[record.label("type", most=limits.MAX_NAME)]
    column = record.column("states")
    fields = f"{column}[0]", f"{column}[1]"
    chats = [_conversation(state, field) for state, field in zip(states, fields, strict=True)]
    prompt, replies = common_prompt((chats[0], chats[1]), fields)
    candidates = [
        Candidate(field, reply.content, _model(record, state, place), messages=reply.messages)
        for place, (field, reply, state) in enumerate(zip(fields, replies, states, strict=True))
    ]
    parts = Parts(prompt, candidates, _judgments(record, verdict))
    about = [_beyond(state) for state in states]
    if any(about):
        parts.extra["states"] = about
    record.leave("ip", "states", "models")
    return [parts]


def _beyond(state: object) -> dict[str, object]:
    """What a conversation says beside its turns, such as its id."""
    known = state if isinstance(state, Mapping) else {}
    return {name: said for name, said in known.items() if name not in _READ and said}


def _fits(sample: Sample) -> bool:
    return any("messages" in item for item in sample.items("states"))


FASTCHAT = Shape(
    key="fastchat",
    title="FastChat: the log of votes of an arena",
    explanation=(
        "The prompt is what both conversations share. The vote is a label only where a rater is "
        "named: the log names nobody, and the address in it is left out. Lines that are no votes "
        "are refused."
    ),
    fields=("type", "models", "states", "tstamp", "ip", "rater", *COMMON),
    needs=(("type", "states"),),
    read=_read,
    fits=_fits,
)
