"""Which columns name the better response, and how they count: `label:1,2`, `a1|a2|a3:1,2,0`.

A mapping of `winner` is a column, or columns with a bar between them; behind a colon stands what
the first response is called there, what the second, and a tie. Without it only words and names are
understood: a bare number may count from 0 or from 1, and nobody can tell.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Self

from msgspec import Struct

from labeling.datasets.readers.columns import plain_name
from labeling.datasets.readers.words import (
    FIRST_MARKS,
    SECOND_MARKS,
    Verdict,
    word_verdict,
)
from labeling.datasets.rows import MappingError

#: How numbers may count, as first, second and tie.
_COUNTS = (
    *(("0", "1"), ("1", "2"), ("1", "0"), ("1", "2", "0"), ("0", "1", "2"), ("1", "2", "3")),
    *(("-1", "1"), ("1", "-1"), ("-1", "1", "0"), ("1", "-1", "0")),
    *(("true", "false"), ("false", "true")),
)
#: Fields of a signed value, of which a kind of row has one; and what stands behind its column: the
#: first response's sign, the second's.
SIGNED = ("overall", "overall_preference")
FIRST_IS_NEGATIVE, FIRST_IS_POSITIVE = "-1,1", "1,-1"
_WHOLE_PART = re.compile(r"([+-]?\d+)\.0+")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
_LONGEST_CODE = 200
#: What tables and Python write where nothing was said. "None" is no verdict on both responses.
_UNSAID = frozenset({"", "nan", "none", "null", "na", "n/a", "<na>"})
_MOST_COLONS = 4


class WinnerColumns(Struct, frozen=True):
    """The columns, each one a rater's where they are several, and their counting if it is told."""

    columns: tuple[str, ...]
    codes: tuple[str, ...] = ()

    @classmethod
    def of(cls, text: str, present: Collection[str]) -> Self:
        """What a mapping says. Raises MappingError where it names no column, or counts oddly."""
        for head, codes in _splits(text):
            columns = (head,) if head in present else tuple(head.split("|"))
            if all(column in present for column in columns):
                return cls(columns, cls._checked(codes, text))
        raise MappingError(
            f"There is no column “{text}” for winner. Write column:first,second or "
            f"column:first,second,tie. Columns: {', '.join(present)}."
        )

    @staticmethod
    def _checked(codes: tuple[str, ...], text: str) -> tuple[str, ...]:
        plain = tuple(map(plain_code, codes))
        if plain and (len(plain) not in (2, 3) or len({*plain}) < len(plain) or "" in plain):
            raise MappingError(
                f"“{text}” does not say how it counts. Write column:first,second or "
                "column:first,second,tie, such as label:1,2 or label:1,2,0."
            )
        return plain

    @property
    def spelled(self) -> str:
        """As a mapping says it."""
        counting = f":{','.join(self.codes)}" if self.codes else ""
        return "|".join(self.columns) + counting

    @property
    def is_several(self) -> bool:
        """Whether each column is a rater of its own."""
        return len(self.columns) > 1

    @property
    def counting(self) -> str:
        """How it counts, in words; "" where words and names say it themselves."""
        parts = zip(self.codes, ("the first", "the second", "a tie"), strict=False)
        return ", ".join(f"{code} is {meaning}" for code, meaning in parts)


def _splits(text: str) -> Iterable[tuple[str, tuple[str, ...]]]:
    """The ways to part a text into columns and their counting; a column may hold a colon itself."""
    yield text, ()
    end = len(text)
    for _ in range(_MOST_COLONS):
        if (end := text.rfind(":", 0, end)) < 0:
            return
        yield text[:end], tuple(text[end + 1 :].split(","))


def plain_code(value: object) -> str:
    """What stands for a side, without case; a table may have made 1.0 of 1."""
    if not isinstance(value, str | int | float):
        return ""
    text = str(value).strip()[:_LONGEST_CODE].casefold()
    whole = _WHOLE_PART.fullmatch(text)
    return (whole[1] if whole else text).removeprefix("+")


def is_number(value: object) -> bool:
    """Whether a value is a bare number, or yes and no, so that its counting has to be told."""
    code = plain_code(value)
    return _NUMBER.fullmatch(code) is not None or code in ("true", "false")


def says_nothing(value: object, codes: Collection[str] = ()) -> bool:
    """Whether nobody said who won: no value, or what stands for none and is no code."""
    if value is None:
        return True
    code = plain_code(value) if isinstance(value, str | int | float) else "?"
    return code in _UNSAID and code not in codes


def counted_verdict(value: object, codes: Sequence[str]) -> Verdict | None:
    """What a value says where the counting is told; None where it is outside of it."""
    code = plain_code(value)
    if code in codes:
        return Verdict((-1, 1, 0)[list(codes).index(code)])
    verdict = word_verdict(code)
    return verdict if verdict is not None and not verdict.value and not is_number(code) else None


class PairNames(Struct, frozen=True):
    """The two responses as a winner may name them: by their models, their texts, their columns."""

    models: tuple[str, str]
    texts: tuple[str, str]
    columns: tuple[str, str] = ("", "")

    def named(self, value: object, *, graded: bool = False) -> Verdict | None:
        """What a word, or the name of a response, says; None where it says nothing, or two
        different things."""
        if not isinstance(value, str) or is_number(value):
            return None
        named = [_place(value.strip(), self.texts)]
        if len(value) <= _LONGEST_CODE:
            # Case tells no two models apart that the row itself does not.
            named += [
                _place(value.strip().casefold(), map(str.casefold, self.models)),
                _place(plain_name(value), map(plain_name, self.columns)),
            ]
        word = word_verdict(value.strip(), graded=graded)
        if word is not None and word.value and self._is_turned(value):
            # Its mark stands at the other response: only the whole name tells which is meant.
            word = None
        values = {verdict.value for verdict in (word, *named) if verdict is not None}
        if len(values) != 1:
            return None
        return word if word is not None else Verdict(values.pop())

    def _is_turned(self, word: str) -> bool:
        """Whether a word marks one response as the file marks the other: of `response_0` and
        `response_1` the second has the 1."""
        first, second = map(_marks, self.columns)
        return bool(_marks(word) & (first & SECOND_MARKS | second & FIRST_MARKS))


def _marks(name: str) -> set[str]:
    plain = plain_name(name)
    return {*plain.split("_"), plain[-1:] if plain[-1:].isdigit() else ""}


def _place(value: str, names: Iterable[str]) -> Verdict | None:
    first, second = (name.strip() == value != "" for name in names)
    return Verdict(-1 if first else 1) if first != second else None


def countings(column: str, values: Iterable[object]) -> list[str]:
    """The mappings by which the numbers of a column would all be understood, with a tie only where
    two numbers are not enough."""
    codes = {plain_code(value) for value in values if value not in (None, "")}
    # A minus that no value has is no way to count.
    fitting = [
        count
        for count in _COUNTS
        if codes and codes <= {*count} and ("-1" not in count or "-1" in codes)
    ]
    least = min(map(len, fitting), default=0)
    return [f"{column}:{','.join(count)}" for count in fitting if len(count) == least]


class Counting(Struct, frozen=True):
    """What a mapping says of the numbers of a file: how winners count, and which sign is the first
    response's (`signs`, "" where only the usual one can be meant)."""

    winner: WinnerColumns | None = None
    signs: str = ""

    @property
    def sign(self) -> int:
        """-1 where a positive value means that the first response is better."""
        return -1 if self.signs == FIRST_IS_POSITIVE else 1

    @property
    def raters(self) -> tuple[str, ...]:
        """The columns that are a rater each."""
        return self.winner.columns if self.winner and self.winner.is_several else ()

    def fields(self) -> dict[str, str]:
        """field -> column of the winner, one field a column."""
        columns = self.winner.columns if self.winner else ()
        return dict(zip(winner_fields(self.winner), columns, strict=False))

    def spelled(self, mapping: Mapping[str, str]) -> dict[str, str]:
        """A plain mapping with the counting behind its columns again."""
        spelled = dict(mapping)
        if self.winner is not None:
            spelled["winner"] = self.winner.spelled
        if self.signs:
            spelled |= {name: f"{mapping[name]}:{self.signs}" for name in SIGNED if name in mapping}
        return spelled


def plain_mapping(
    mapping: Mapping[str, str], present: Collection[str]
) -> tuple[dict[str, str], Counting]:
    """field -> column alone, and the counting that stood behind the columns.

    Raises MappingError where a winner names no column, or counts oddly.
    """
    plain, winner, signs = dict(mapping), None, ""
    if mapping.get("winner"):
        winner = WinnerColumns.of(mapping["winner"], present)
        plain["winner"] = winner.columns[0]
    for field in SIGNED:
        column, _, behind = mapping.get(field, "").rpartition(":")
        if behind in (FIRST_IS_NEGATIVE, FIRST_IS_POSITIVE) and mapping[field] not in present:
            plain[field], signs = column, behind
    return plain, Counting(winner, signs)


def winner_fields(winner: WinnerColumns | None) -> tuple[str, ...]:
    """The fields that may name the better response: one a column."""
    others = winner.columns[1:] if winner is not None else ()
    return "winner", *(f"winner in {column}" for column in others)
