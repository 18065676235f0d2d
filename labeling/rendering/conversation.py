"""Messages of a conversation with their roles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape

from labeling.rendering.markdown import render_markdown

#: Of a longer conversation, so many last messages stay open; the earlier ones fold away.
OPEN_MESSAGES = 3

_ROLES = {
    "user": "User",
    "assistant": "Assistant",
    "system": "System",
    "developer": "System",
    "tool": "Tool",
    "function": "Tool",
}
# Folded away at first: a rater seldom needs them, and they are often long.
_FOLDED = frozenset({"system", "developer", "tool", "function"})


def role_label(role: str) -> str:
    """Return the word shown for a role; a role nobody knows is shown as it is, shortened."""
    return _ROLES.get(role.strip().lower(), role.strip()[:30] or "Message")


def render_message(role: str, text: str) -> str:
    """Return one message as safe HTML: its role as a label, its text rendered as Markdown.

    System and tool messages are folded (`<details>`). The role is shown in words, so that the
    speaker is clear without colour.
    """
    label, body = escape(role_label(role)), render_markdown(text)
    key = role.strip().lower()
    kind = key if key in {"user", "assistant"} else "other"
    if key in _FOLDED:
        return (
            f'<details class="turn turn-{kind}"><summary class="role">{label} message</summary>'
            f'<div class="content">{body}</div></details>\n'
        )
    return (
        f'<div class="turn turn-{kind}"><p class="role">{label}</p>'
        f'<div class="content">{body}</div></div>\n'
    )


def render_conversation(messages: Iterable[Mapping[str, str]]) -> str:
    """Return messages (`role`, `content`) as safe HTML, in order.

    A single message needs no role above it. Of a conversation with more than `OPEN_MESSAGES` + 1
    messages, only the last `OPEN_MESSAGES` stay open; the earlier ones are one click away.
    """
    items = [(str(item.get("role", "")), str(item.get("content", ""))) for item in messages]
    if len(items) == 1 and items[0][0] == "user":
        body = render_markdown(items[0][1])
        return f'<div class="turn turn-only"><div class="content">{body}</div></div>\n'
    rendered = [render_message(role, text) for role, text in items]
    fold = len(rendered) - OPEN_MESSAGES
    if fold <= 1:
        return "".join(rendered)
    return (
        f'<details class="earlier"><summary>{fold} earlier messages</summary>\n'
        f"{''.join(rendered[:fold])}</details>\n{''.join(rendered[fold:])}"
    )
