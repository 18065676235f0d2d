"""A table of pairs for a spreadsheet, in the columns that the importer reads back."""

from __future__ import annotations

import json
from collections.abc import Iterator

from labeling.datasets.formats.base import FileRow, Format, TaskRows
from labeling.datasets.formats.carrying import CHATS, Carried, ChatPart, kept, reply
from labeling.datasets.formats.columns import BOOL, FLOAT, INT, SHORT, STRING, FileTable
from labeling.datasets.formats.parts import canonical_sides, signed_value
from labeling.datasets.recipes.outcome import Pair
from labeling.datasets.records import Message, ResponseRecord, TaskRecord
from labeling.datasets.turns import json_of
from projects.words import gettext_noop


class Pairs(Format):
    """One row per pair, one value a cell."""

    key = "pairs"
    title = gettext_noop("Table of pairs (CSV)")
    family = gettext_noop("Tables")
    file_types = ("csv",)
    tables = (
        FileTable(
            "default",
            "data",
            (
                ("id", STRING),
                ("prompt", STRING),
                ("messages", STRING),
                ("response_a", STRING),
                ("response_b", STRING),
                ("model_a", STRING),
                ("model_b", STRING),
                ("overall", SHORT),
                ("tie_kind", STRING),
                ("side_only", BOOL),
                ("rater", STRING),
                ("rationale", STRING),
                ("at", STRING),
                ("votes_a", INT),
                ("votes_b", INT),
                ("votes_tie", INT),
                ("strength", FLOAT),
                ("criterion", STRING),
                ("category", STRING),
                ("language", STRING),
            ),
            default=True,
        ),
    )
    takes_no_prompt = True
    carries_ties = True
    carries = Carried(CHATS.prompts - {ChatPart.IMAGES}, CHATS.responses - {ChatPart.IMAGES})
    about = {
        "Rows": gettext_noop(
            "One row per pair, the responses in canonical order whoever won. `overall` is the "
            "preference on the criterion as a whole number, negative where response A is better; "
            "0 is a tie, and `tie_kind` says which (`unspecified`: nobody knows any more). With "
            "`side_only` nobody told a strength: it is -1 or 1 and says the side alone."
        ),
        "Prompt": gettext_noop(
            "A prompt of one user turn stands in `prompt`; any other is a list of messages in JSON "
            "in `messages`, and the other column is empty. A response of more than one plain "
            "turn is one too, in its own column."
        ),
        "Raters": gettext_noop(
            "`rater` and `rationale` are filled where a row is one rater's; else the votes are "
            "counted and `strength` is their mean."
        ),
        "Cannot carry": gettext_noop(
            "A text that a spreadsheet would run as a formula has an apostrophe in front. "
            "Texts may be longer than the 32,767 characters that a spreadsheet shows in a cell."
        ),
    }

    def refusal(self, task: TaskRecord) -> str | None:
        """A table holds any prompt."""
        return None

    def rows(self, item: TaskRows) -> Iterator[FileRow]:
        """One row per pair."""
        task = item.task
        prompt = _prompt(kept(task.messages, CHATS.prompts))
        about = (item.criterion.key, task.category, task.language)
        for pair in item.pairs:
            first, second = canonical_sides(item, pair)
            texts = (_cell(first), _cell(second), first.model, second.model)
            value = signed_value(pair)
            votes = (pair.votes_chosen, pair.votes_rejected)
            # Equal ranks are a tie of no kind; a 0 whose kind was lost must say so.
            ranked = item.criterion.answer == "rank" and pair.tie == "unspecified"
            tie = "" if ranked else pair.tie
            said = _said(pair)
            counted = (*(reversed(votes) if value > 0 else votes), pair.votes_tie, pair.strength)
            yield FileRow(
                "default",
                (
                    *(_id(task, pair), *prompt, *texts),
                    *(value, tie, pair.strength is None, *said, *counted, *about),
                ),
            )


def _id(task: TaskRecord, pair: Pair) -> str:
    """The task's id, with the places of the two where it has more responses than two."""
    if len(task.candidates) == 2:
        return task.id
    first, second = sorted((pair.chosen, pair.rejected))
    return f"{task.id}-{first + 1}-{second + 1}"


def _cell(response: ResponseRecord) -> str:
    """A response as text, or as a list of messages in JSON where it is more than one plain turn."""
    if not response.messages:
        return response.content
    return json.dumps(json_of(reply(response, CHATS.responses)), ensure_ascii=False)


def _prompt(messages: tuple[Message, ...]) -> tuple[str, str]:
    """The columns `prompt` and `messages`, one of them empty; both where there is no prompt."""
    if not messages:
        return "", ""
    if len(messages) == 1 and messages[0].role == "user" and messages[0].is_plain:
        return messages[0].content, ""
    return "", json.dumps(json_of(messages), ensure_ascii=False)


def _said(pair: Pair) -> tuple[str, str, str]:
    """Who said it, why and when, where the row is one rater's."""
    judgment = pair.judgment
    if judgment is None:
        return "", "", ""
    return judgment.rater, judgment.rationale, judgment.created_at
