"""HelpSteer3 preference: an overall strength from -3 to 3, and each rater's score with its reason.

Columns and signs as in nvidia/HelpSteer3 (arXiv:2505.11475): -3 is "response 1 is much better", 0
"about the same", 3 the mirror of the first. Programs that read the set take the sign of any number
for a preference (NeMo-RL's loader does), so that a tie of two bad responses has no number in it.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from labeling.datasets.formats.base import FileRow, Format, TaskRows
from labeling.datasets.formats.carrying import TEXTS, kept
from labeling.datasets.formats.columns import INT, PLAIN_MESSAGES, STRING, FileTable
from labeling.datasets.formats.nested import list_column, record_column
from labeling.datasets.formats.parts import canonical_sides, shrunk, signed_value
from labeling.datasets.formats.refusals import CHAT_REFUSED
from labeling.datasets.recipes.outcome import Pair
from labeling.datasets.records import JudgmentRecord, TaskRecord
from projects.words import gettext_noop

_STRONGEST = 3
_SAME = ("equal_good", "unspecified")


class _Vote(Struct, frozen=True, gc=False):
    score: int
    reasoning: str
    feedback1: str = ""
    feedback2: str = ""


class HelpSteer3(Format):
    """Two responses side by side, whoever won, with the votes behind the overall preference."""

    key = "helpsteer3"
    title = gettext_noop("HelpSteer3 preference")
    family = gettext_noop("Published data sets")
    tables = (
        FileTable(
            "default",
            "data",
            (
                ("domain", STRING),
                ("language", STRING),
                ("context", PLAIN_MESSAGES),
                ("response1", STRING),
                ("response2", STRING),
                ("overall_preference", INT),
                (
                    "individual_preference",
                    list_column(
                        record_column(
                            score=INT, reasoning=STRING, feedback1=STRING, feedback2=STRING
                        )
                    ),
                ),
            ),
            default=True,
        ),
    )
    carries_ties = True
    carries = TEXTS
    about = {
        "Preference": gettext_noop(
            "`overall_preference` goes from -3 (response 1 is much better) to 3; a mean is rounded "
            "to a whole number other than 0, and a longer scale is shrunk to 3. 0 is a tie of two "
            "equally good responses, or one of which nobody knows the kind: leave those rows out "
            "before you train."
        ),
        "Votes": gettext_noop(
            "`individual_preference` holds each rater's score and reason; there is no feedback on "
            "single responses, so `feedback1` and `feedback2` are empty. `domain` is the category."
        ),
        "Cannot carry": (
            gettext_noop(
                "Ids, raters and models have no place in it. Ties of other kinds (equally bad, "
                "cannot tell, mixed) have no number in it, nor has a side without a strength: such "
                "a row is left out and counted, such a vote is not among the scores."
            ),
            CHAT_REFUSED,
        ),
    }

    def pair_refusal(self, task: TaskRecord, pair: Pair) -> str | None:
        """0 means about the same and nothing else, and every other number is a strength."""
        if pair.strength is None:
            return "no_strength"
        return f"tie_{pair.tie}" if pair.tie and pair.tie not in _SAME else None

    def rows(self, item: TaskRows) -> Iterator[FileRow]:
        """One row per pair."""
        task = item.task
        longest = item.criterion.strongest
        for pair in item.pairs:
            first, second = canonical_sides(item, pair)
            yield FileRow(
                "default",
                (
                    task.category,
                    task.language,
                    kept(task.messages, TEXTS.prompts),
                    first.content,
                    second.content,
                    shrunk(signed_value(pair), _STRONGEST, longest),
                    tuple(_votes(item, pair)),
                ),
            )


def _votes(item: TaskRows, pair: Pair) -> Iterator[_Vote]:
    # The votes behind an edit are about other responses than the edited one.
    for judgment in () if pair.edited else pair.judgments:
        score = _score(item, pair, judgment)
        if score is not None:
            yield _Vote(score, judgment.rationale)


def _score(item: TaskRows, pair: Pair, judgment: JudgmentRecord) -> int | None:
    """A rater's own score, None where it has no number here."""
    criterion = item.criterion
    value = judgment.values.get(criterion.key)
    if criterion.has_strengths and criterion.key in judgment.side_only:
        # The row's own number is what the user has a side alone count as.
        own = pair.judgment is not None
        return shrunk(signed_value(pair), _STRONGEST, criterion.strongest) if own else None
    if value is None:
        ranked = criterion.answer == "rank" and pair.judgment is not None
        return shrunk(signed_value(pair), _STRONGEST, criterion.strongest) if ranked else None
    if value == 0 and judgment.tie_on(criterion.key) not in _SAME:
        return None
    return shrunk(value, _STRONGEST, criterion.strongest)
