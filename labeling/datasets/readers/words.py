"""Words that say which of two responses is better, and how much, whatever file they stand in.

Only what plainly names a side or a tie is understood. A strength is the source's own word of it and
never a number: which number it is, the scale of a project says.
"""

from __future__ import annotations

import datetime as dt
import re

from msgspec import Struct

from labeling.datasets.readers.columns import plain_name
from labeling.datasets.rows import OVERALL, ImportedJudgment, overall_tie
from labeling.vocabulary import Grade, TieKind


class Verdict(Struct, frozen=True, gc=False):
    """A side (-1 the first, 1 the second) or a tie (0) with its kind; `grade` is how much better,
    "" where nobody told."""

    value: int
    tie_kind: str = ""
    grade: str = ""

    def judgment(
        self, rater: str, rationale: str = "", at: dt.datetime | None = None
    ) -> ImportedJudgment:
        """The verdict as a rater's overall value."""
        return ImportedJudgment(
            rater,
            {OVERALL: self.value},
            overall_tie(self.tie_kind),
            rationale,
            at,
            (OVERALL,) if self.value and not self.grade else (),
            {OVERALL: self.grade} if self.grade else {},
        )


#: Characters of a word; longer ones are texts.
_LONGEST = 200
_ADVERBS = {
    **dict.fromkeys(("negligibly", "marginally", "barely"), Grade.NEGLIGIBLE.value),
    **dict.fromkeys(("slightly", "somewhat", "a_bit", "a_little"), Grade.SLIGHT.value),
    **dict.fromkeys(("clearly", "plainly", "moderately"), Grade.PLAIN.value),
    **dict.fromkeys(
        ("much", "significantly", "strongly", "considerably", "far", "a_lot"), Grade.MUCH.value
    ),
}
_THING = r"(?:response|answer|output|completion|model|option|text|reply|assistant|summary)"
_MARK = r"(?:a|b|1|2|left|right|first|second)"
_BETTER = "better|best|wins|preferred"
_SIDE = re.compile(
    rf"(?:the_)?(?:{_THING}_?)?(?P<mark>{_MARK})(?:_{_THING})?"
    rf"(?:_is)?(?:_(?P<adverb>{'|'.join(_ADVERBS)}))?(?:_(?P<better>{_BETTER}))?"
    rf"(?:_than_(?:the_)?(?:{_THING}_?)?(?P<other>{_MARK})(?:_{_THING})?)?(?P<unsure>_unsure)?"
)
#: Two marks with signs between them, as `A>>B` and `[[A=B]]`.
_SIGNS = re.compile(r"(?P<left>a|b|1|2)\s*(?P<sign>>{1,2}|<{1,2}|={1,2})\s*(?P<right>a|b|1|2)")
#: How words mark the first response, and the second.
FIRST_MARKS = frozenset({"a", "1", "left", "first"})
SECOND_MARKS = frozenset({"b", "2", "right", "second"})
_TIES = {
    **dict.fromkeys(
        ("tie", "a_tie", "equal", "same", "about_the_same", "no_preference", "draw"), ""
    ),
    **dict.fromkeys(("both", "both_good", "equally_good", "equal_good"), TieKind.EQUAL_GOOD.value),
    **dict.fromkeys(
        (
            *("neither", "both_bad", "bothbad", "tie_bothbad", "tie_both_bad"),
            *("both_are_bad", "equally_bad", "equal_bad"),
        ),
        TieKind.EQUAL_BAD.value,
    ),
    **dict.fromkeys(("cannot_tell", "can_t_tell", "unsure", "not_sure"), TieKind.CANNOT_TELL.value),
}


def _signed(word: str, *, graded: bool) -> Verdict | None:
    """What `A>B` and its like say."""
    signs = _SIGNS.fullmatch(word.strip(" []").lower())
    if signs is None or (signs["left"] in FIRST_MARKS) == (signs["right"] in FIRST_MARKS):
        return None
    if "=" in signs["sign"]:
        return Verdict(0)
    better = signs["left" if ">" in signs["sign"] else "right"]
    grade = Grade.PLAIN.value if graded else ""
    return Verdict(
        -1 if better in FIRST_MARKS else 1,
        grade=Grade.MUCH.value if len(signs["sign"]) == 2 else grade,
    )


def word_verdict(word: str, *, graded: bool = False) -> Verdict | None:
    """What a word says; None where it names neither a side nor a tie.

    “Better” without more is a strength only among others (`graded`); elsewhere, and by a side's
    name alone, only the side is told.
    """
    if len(word) > _LONGEST:
        return None
    if (verdict := _signed(word, graded=graded)) is not None:
        return verdict
    plain = plain_name(word)
    if plain in _TIES:
        return Verdict(0, _TIES[plain])
    side = _SIDE.fullmatch(plain)
    if side is None:
        return None
    is_first, adverb = side["mark"] in FIRST_MARKS, side["adverb"]
    if side["other"] and (side["other"] in FIRST_MARKS) == is_first:
        return None
    if side["unsure"] and adverb != "negligibly":
        return None
    grade = _ADVERBS[adverb] if adverb else Grade.PLAIN.value if graded and side["better"] else ""
    return Verdict(-1 if is_first else 1, grade=grade)


def tells_strength(word: str) -> bool:
    """Whether a word's strength is one among others, so that “better” alone is one too."""
    verdict = word_verdict(word)
    return verdict is not None and bool(verdict.grade)
