"""UltraFeedback binarized: both conversations with a score each, as in
HuggingFaceH4/ultrafeedback_binarized (arXiv:2310.01377).

TRL's trainers refuse rows whose `prompt` is a text while `chosen` is a list of messages, so the
code that loads it drops that column.
"""

from __future__ import annotations

from collections.abc import Iterator

from labeling.datasets.formats.base import FileRow, Format, TaskRows
from labeling.datasets.formats.carrying import PLAIN_CHATS, kept, reply
from labeling.datasets.formats.columns import PLAIN_MESSAGES, STRING, FileTable
from labeling.datasets.formats.nested import DOUBLE
from labeling.datasets.formats.refusals import CHAT_REFUSED
from labeling.datasets.recipes.outcome import Pair
from labeling.datasets.records import TaskRecord
from projects.words import gettext_noop

_BEST = 10


class UltraFeedback(Format):
    """The first question as text, both whole conversations, and scores from 0 to 10."""

    key = "ultrafeedback"
    title = gettext_noop("UltraFeedback binarized")
    family = gettext_noop("Published data sets")
    tables = (
        FileTable(
            "default",
            "data",
            (
                ("prompt", STRING),
                ("prompt_id", STRING),
                ("chosen", PLAIN_MESSAGES),
                ("rejected", PLAIN_MESSAGES),
                ("messages", PLAIN_MESSAGES),
                ("score_chosen", DOUBLE),
                ("score_rejected", DOUBLE),
            ),
            default=True,
        ),
    )
    about = {
        "Texts": gettext_noop(
            "`prompt` is the first user turn as text; `chosen` and `rejected` are the whole "
            "conversations, and `messages` repeats the chosen one."
        ),
        "Scores": gettext_noop(
            "There a model gives scores from 1 to 10; here `score_chosen` and `score_rejected` are "
            "ten times the probability that each is the better one, which is the share of the "
            "votes unless the release says otherwise."
        ),
        "Training": gettext_noop(
            "Drop `prompt` and `messages` before you train with TRL, which cannot read a prompt in "
            "text beside conversations."
        ),
        "Cannot carry": (
            gettext_noop(
                "Ties and strength have no place in it, and a prompt without a user turn is left "
                "out and counted."
            ),
            CHAT_REFUSED,
        ),
    }
    rated = {
        "Scores": gettext_noop(
            "`score_chosen` and `score_rejected` are the raters' mean ratings on the scale of the "
            "criterion."
        ),
        "Cannot carry": (
            gettext_noop("A prompt without a user turn is left out and counted."),
            CHAT_REFUSED,
        ),
    }
    carries = PLAIN_CHATS
    usage = 'pairs = rows.remove_columns(["prompt", "messages"])  # for TRL\n'

    def refusal(self, task: TaskRecord) -> str | None:
        """The prompt in text is a user's."""
        asked = any(message.role == "user" for message in task.messages)
        return super().refusal(task) or (None if asked else "no_user_turn")

    def rows(self, item: TaskRows) -> Iterator[FileRow]:
        """One row per pair."""
        task = item.task
        candidates = task.candidates
        prompt = kept(task.messages, PLAIN_CHATS.prompts)
        asked = next((m.content for m in task.messages if m.role == "user"), "")
        for pair in item.pairs:
            chosen, rejected = (
                prompt + reply(candidates[place], PLAIN_CHATS.responses)
                for place in (pair.chosen, pair.rejected)
            )
            scores = _scores(pair)
            yield FileRow("default", (asked, task.prompt_id, chosen, rejected, chosen, *scores))


def _scores(pair: Pair) -> tuple[float, float]:
    """The mean ratings, or else how likely it is that each is the better one, out of ten."""
    if pair.scores is not None:
        chosen, rejected = pair.scores
        return round(chosen, 4), round(rejected, 4)
    score = round(_BEST * pair.chosen_prob, 4)
    return score, round(_BEST - score, 4)
