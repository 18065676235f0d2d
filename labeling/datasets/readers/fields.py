"""Single values of a row: the right type, within the limits, and storable."""

from __future__ import annotations

import datetime as dt
import json
import math
import re
from collections.abc import Mapping, Sequence

from labeling.datasets.readers import limits
from labeling.datasets.rows import Refusal, RefusalCode, RowError

#: Years of a judgment; far ones are broken clocks, and some cannot be read back from PostgreSQL.
_YEARS = (1970, 2200)
#: A table with a gap in a column of whole numbers writes 1.0, some with a comma; people write a
#: minus too.
_INTEGER = re.compile(r"[+\-\u2212]?[0-9]{1,9}(?:[.,]0+)?\Z")
_FRACTION = re.compile(r"[.,]0+\Z")
#: Whole numbers below are exact as numbers with a fraction.
_EXACT = 2.0**53
#: Time since 1970 as a table writes it; fewer digits are a date without its hyphens.
_SINCE = re.compile(r"[0-9]{9,19}(?:\.[0-9]*)?\Z")
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
#: Below, a number since 1970 counts so many microseconds each: seconds, milliseconds,
#: microseconds; from the last on nanoseconds. Each holds all years that are taken but 1970 to 1973.
_UNITS = ((1e11, 1_000_000), (1e14, 1_000), (1e17, 1))
_LEAST_SINCE = 10**8
_ZONE = re.compile(r"\s*(?:UTC|GMT)\Z", re.IGNORECASE)
#: What a number says that no field can hold.
TOO_LARGE = "A number is larger than 64 bits hold. Write it as text."
#: Characters at most that JSON takes for one of a text, and those around a text or a number.
_ESCAPED, _AROUND = 12, 32
_KINDS = {str: "text", bool: "true or false", int: "a number", float: "a number", list: "a list"}


class Broken:
    """Stands in decoded JSON for a value that JSON could not hold without loss.

    `instead` is what says the same as metadata, where anything does.
    """

    __slots__ = ("code", "instead", "reason")

    def __init__(
        self,
        reason: str,
        code: RefusalCode = RefusalCode.NOT_STORABLE,
        *,
        instead: str | None = None,
    ) -> None:
        self.reason = reason
        self.code = code
        self.instead = instead


def visible(text: str, most: int) -> str:
    """At most so many characters of a text, storable and on one line: what cannot be seen is
    written as an escape."""
    start = text[: most + 1]
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in start)
    return shown[:most] + ("…" if len(shown) > most else "")


def excerpt_of(value: object) -> str:
    """The beginning of what stood there, for a refusal."""
    try:
        shown = value if isinstance(value, str) else repr(value)
    except RecursionError:
        shown = type_in_words(value)
    return visible(shown[: 2 * limits.EXCERPT].strip(), limits.EXCERPT)


def refusal(line: int, error: RowError) -> Refusal:
    """The refusal of a row; names of keys in it may be anything, so all of it is made storable."""
    return Refusal(
        line,
        visible(error.field, limits.MAX_FIELD_NAME),
        visible(error.reason, limits.MAX_REASON),
        excerpt_of(error.value),
        error.code.value,
    )


def is_storable(name: str) -> bool:
    """Whether PostgreSQL can hold this text."""
    return "\x00" not in name and not any("\ud800" <= c <= "\udfff" for c in name)


def type_in_words(value: object) -> str:
    """What a value is, in words."""
    return "empty" if value is None else _KINDS.get(type(value), "an object")


def storable(value: str, field: str) -> str:
    """The text itself. Raises RowError for what PostgreSQL cannot hold: NUL, lone surrogates."""
    # One pass over the bytes finds both: looking for NUL in a text that is not ASCII is slow.
    try:
        nul = "\x00" in value if value.isascii() else b"\x00" in value.encode()
    except UnicodeEncodeError as error:
        code = ord(value[error.start])
        raise RowError(
            field,
            f"Holds half of a character (unpaired surrogate U+{code:04X}), which cannot be "
            "stored. Write the whole character.",
            value[max(0, error.start - 20) :],
            code=RefusalCode.NOT_STORABLE,
        ) from None
    if nul:
        raise RowError(
            field,
            "Holds a NUL character, which cannot be stored. Remove it.",
            value,
            code=RefusalCode.NOT_STORABLE,
        )
    return value


def is_blank(content: str) -> bool:
    """Whether a text has no visible character."""
    return not content or content.isspace()


def text_value(value: object, field: str, *, most: int = limits.MAX_TEXT) -> str:
    """A text that may be empty. Raises RowError for another type, length or content."""
    # Most texts pass this one look; only the others need to be told apart.
    if type(value) is str and len(value) <= most and value.isascii() and "\x00" not in value:
        return value
    return _examined(value, field, most)


def _examined(value: object, field: str, most: int) -> str:
    if type(value) is not str:
        if isinstance(value, Broken):
            raise RowError(field, value.reason, code=value.code)
        if value is None:
            raise RowError(field, "Missing. Give it as text.", code=RefusalCode.MISSING)
        raise RowError(
            field, f"Must be text, not {type_in_words(value)}.", value, code=RefusalCode.WRONG_TYPE
        )
    if len(value) > most:
        raise RowError(
            field,
            f"Has {len(value):,} characters; at most {most:,} are taken. Shorten it.",
            value,
            code=RefusalCode.TOO_LONG,
        )
    return storable(value, field)


def filled(value: object, field: str) -> str:
    """A text with at least one visible character."""
    content = text_value(value, field)
    if is_blank(content):
        raise RowError(
            field, "Is empty. Fill it or leave the row out.", content, code=RefusalCode.EMPTY
        )
    return content


def label(value: object, field: str, *, most: int) -> str:
    """A short text or whole number as text, without spaces around it; empty where absent."""
    if value is None:
        return ""
    if type(value) is float and value.is_integer() and abs(value) < _EXACT:
        value = int(value)
    if type(value) is int:
        value = str(value)
    return text_value(value, field, most=most).strip()


def whole_number(value: object, field: str) -> int:
    """A small signed integer, also where a table wrote it as text."""
    if type(value) is int and abs(value) <= 32_767:
        return value
    if type(value) is str and _INTEGER.match(written := value.strip()):
        return whole_number(int(_FRACTION.sub("", written).replace("\u2212", "-")), field)
    if type(value) is float and value.is_integer():
        return whole_number(int(value), field)
    if isinstance(value, Broken):
        raise RowError(field, value.reason, code=value.code)
    raise RowError(
        field, "Must be a whole number, such as -1, 0 or 2.", value, code=RefusalCode.WRONG_TYPE
    )


def _since_1970(number: float) -> dt.datetime:
    """The time at so many seconds since 1970, or milliseconds or less, which have more digits."""
    unit = next((unit for most, unit in _UNITS if number < most), None)
    return _EPOCH + dt.timedelta(microseconds=number * unit if unit else number // 1000)


def _point_in_time(value: object, field: str) -> dt.datetime:
    if type(value) is int or type(value) is float:
        if value >= _LEAST_SINCE:
            return _since_1970(value)
        value = str(int(value)) if value == int(value) else str(value)
    written = text_value(value, field, most=64).strip()
    if _SINCE.match(written):
        return _since_1970(float(written) if "." in written else int(written))
    return dt.datetime.fromisoformat(_ZONE.sub("+00:00", written))


def moment(value: object, field: str) -> dt.datetime | None:
    """An ISO 8601 time, or seconds, milliseconds, microseconds or nanoseconds since 1970; without a
    zone it is read as UTC. None if absent."""
    if not value and (value is None or value == ""):
        return None
    try:
        at = _point_in_time(value, field)
    except (ValueError, OverflowError, OSError):
        raise RowError(field, "Must be a time such as 2026-01-31T12:00:00Z.", value) from None
    if not _YEARS[0] <= at.year <= _YEARS[1]:
        raise RowError(field, f"Must be a time from {_YEARS[0]} to {_YEARS[1]}.", value)
    return at if at.tzinfo is not None else at.replace(tzinfo=dt.UTC)


def sized(value: object, field: str, depth: int = 1) -> int:
    """Looks at a value to its leaves. As JSON it has no more characters than this gives.

    Raises RowError for what cannot be stored.
    """
    if depth > limits.MAX_DEPTH:
        raise RowError(
            field, f"Is nested deeper than {limits.MAX_DEPTH} levels.", code=RefusalCode.TOO_LONG
        )
    if type(value) is str:
        return _ESCAPED * len(storable(value, field)) + _AROUND
    size = _AROUND
    if isinstance(value, dict):
        for key, inner in value.items():
            size += _ESCAPED * len(storable(key, field)) + _AROUND
            if type(inner) is str and inner.isascii() and "\x00" not in inner:
                size += _ESCAPED * len(inner) + _AROUND
            else:
                size += sized(inner, f"{field}.{key[:40]}", depth + 1)
    elif isinstance(value, list):
        for inner in value:
            size += sized(inner, field, depth + 1)
    elif isinstance(value, int):
        size += value.bit_length()
    elif isinstance(value, Broken):
        raise RowError(field, value.reason, code=value.code)
    elif isinstance(value, float) and not math.isfinite(value):
        raise RowError(
            field,
            "Holds a number too large to store. Write it as text.",
            code=RefusalCode.NOT_STORABLE,
        )
    return size


def metadata(
    values: Mapping[str, object], line: int = 0
) -> tuple[dict[str, object], tuple[Refusal, ...]]:
    """Everything a row says beyond the known fields, as it can be stored in JSON, and what of it
    cannot be and is left out: no row is refused for what is not part of its task."""
    if not values:
        return {}, ()
    most = 0
    try:
        for key, value in values.items():
            if not key.isascii() or "\x00" in key:
                storable(key, "metadata")
            most += _ESCAPED * len(key) + _AROUND
            if type(value) is str and value.isascii() and "\x00" not in value:
                most += _ESCAPED * len(value) + _AROUND
            elif value is None or type(value) is bool:
                most += _AROUND
            else:
                most += sized(value, key[:80], 1)
    except RowError:
        return _without_broken(values, line)
    return (dict(values), ()) if most <= limits.MAX_METADATA else _fitting(values, (), line)


def _without_broken(
    values: Mapping[str, object], line: int
) -> tuple[dict[str, object], tuple[Refusal, ...]]:
    kept: dict[str, object] = {}
    left_out: list[Refusal] = []
    for key, value in values.items():
        try:
            plain = _said_instead(value)
            sized(plain, storable(key, "metadata")[:80])
        except RowError as error:
            left_out.append(refusal(line, error))
        else:
            kept[key] = plain
    return _fitting(kept, left_out, line)


def _said_instead(value: object, depth: int = 1) -> object:
    """The value with texts in place of numbers that cannot be stored."""
    if isinstance(value, Broken) and value.instead is not None:
        return value.instead
    if type(value) is float and not math.isfinite(value):
        return json.dumps(value)
    if depth > limits.MAX_DEPTH:
        return value
    if type(value) is dict:
        return {key: _said_instead(inner, depth + 1) for key, inner in value.items()}
    return [_said_instead(inner, depth + 1) for inner in value] if type(value) is list else value


def _fitting(
    values: Mapping[str, object], left_out: Sequence[Refusal], line: int
) -> tuple[dict[str, object], tuple[Refusal, ...]]:
    """As much as metadata may hold, without the longest values."""
    sizes = {
        key: len(key) + (len(value) if type(value) is str else len(json.dumps(value)))
        for key, value in values.items()
    }
    kept, size, too_long = dict(values), sum(sizes.values()), list(left_out)
    for key in sorted(sizes, key=sizes.__getitem__, reverse=True):
        if size <= limits.MAX_METADATA:
            break
        size -= sizes[key]
        reason = (
            f"The fields that are not part of the task hold more than {limits.MAX_METADATA:,} "
            "characters, of which this one has the most."
        )
        error = RowError(key, reason, kept.pop(key), code=RefusalCode.TOO_LONG)
        too_long.append(refusal(line, error))
    return kept, tuple(too_long)
