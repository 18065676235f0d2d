"""Why a prompt cannot be written for a program: roles and turns that it does not expect."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from labeling.datasets.records import Message
from projects.words import gettext_noop

#: Said by every format whose prompts go through a chat template.
CHAT_REFUSED = gettext_noop(
    "A prompt that does not end with a user or tool turn, or that has a role which chat templates "
    "do not know, is left out and counted."
)
_ROLE_REASONS = {"system": "system_turn", "developer": "system_turn", "tool": "tool_turn"}


def role_refusal(messages: Sequence[Message], allowed: Collection[str]) -> str | None:
    """Why a prompt is left out for a role that the program has no place for, None if it is not."""
    strange = next((m.role for m in messages if m.role not in allowed), None)
    return None if strange is None else _ROLE_REASONS.get(strange, "unknown_role")


def call_refusal(messages: Sequence[Message], *, may_call_last: bool = False) -> str | None:
    """Why turns are left out where each call has an id, and the tools' turns after it name all of
    them; with `may_call_last`, calls that end the turns have no answer yet.
    """
    waiting: set[str] = set()
    for turn in messages:
        if turn.role == "tool":
            if not turn.tool_call_id:
                return "tool_turn"
            if turn.tool_call_id not in waiting:
                return "unmatched_tool_calls"
            waiting.remove(turn.tool_call_id)
            continue
        calls = [call.id for call in turn.tool_calls]
        if waiting or "" in calls or len(set(calls)) < len(calls):
            return "unmatched_tool_calls"
        waiting = set(calls)
    if not waiting or (may_call_last and messages[-1].tool_calls):
        return None
    return "unmatched_tool_calls"


def alternation_refusal(messages: Sequence[Message]) -> str | None:
    """Why a prompt is left out where user (or tool) and assistant must take turns.

    One system turn may come first; then the first and the last turn are a user's or a tool's.
    """
    turns = messages[1:] if messages and messages[0].role == "system" else messages
    expected = (("user", "tool"), ("assistant",))
    if any(turn.role not in expected[place % 2] for place, turn in enumerate(turns)):
        return "not_alternating"
    return None if len(turns) % 2 else "prompt_not_ending_with_user"
