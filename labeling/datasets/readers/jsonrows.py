"""JSON Lines and JSON lists as rows, one at a time, whatever the size of the file."""

from __future__ import annotations

import codecs
import json
import math
import re
from collections.abc import Iterator
from contextlib import suppress

from labeling.datasets.readers import limits
from labeling.datasets.readers.fields import TOO_LARGE, Broken, excerpt_of
from labeling.datasets.readers.quickjson import quick
from labeling.datasets.readers.source import (
    ByteSource,
    EmptyLines,
    not_utf8,
    numbered_bytes,
    numbered_lines,
    text_of,
)
from labeling.datasets.readers.weights import TooManyValues, check_values
from labeling.datasets.rows import Refusal, RefusalCode, UnreadableFile

#: A row as it stood in the file, with the line on which it begins.
RawRow = tuple[int, dict[str, object]]

#: Characters read at a time; one wide character makes the whole window wide, so it is small.
_CHUNK = 1 << 16
#: An error this close to the end of what was read may only mean that more must be read.
_MARGIN = 16
_SPACES = re.compile(r"[ \t\r\n]*+")
_MOST, _MOST_DIGITS = limits.MAX_WHOLE, len(str(limits.MAX_WHOLE))
_LINE_ENDS = ("\n", "", "\r\n")


def _unique_keys(pairs: list[tuple[str, object]]) -> object:
    """An object as a dict, or `Broken` where a key occurs twice and one value would be lost."""
    row = dict(pairs)
    if len(row) == len(pairs):
        return row
    seen: set[str] = set()
    twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
    return Broken(f"The key {twice[:80]!r} occurs twice. Keep one of them.", RefusalCode.TWICE)


def _whole(digits: str) -> object:
    if len(digits) <= _MOST_DIGITS and limits.MIN_WHOLE <= (number := int(digits)) <= _MOST:
        return number
    return Broken(TOO_LARGE, instead=digits)


def _fraction(digits: str) -> object:
    number = float(digits)
    return number if math.isfinite(number) else Broken(TOO_LARGE, instead=digits)


def _not_json(name: str) -> object:
    """Not a number means missing, as data frames write it."""
    if name == "NaN":
        return None
    return Broken(f"{name} is not a JSON value. Use null.", RefusalCode.MALFORMED, instead=name)


# strict=False: control characters inside a string are kept, not refused.
_DECODER = json.JSONDecoder(
    object_pairs_hook=_unique_keys,
    parse_int=_whole,
    parse_float=_fraction,
    parse_constant=_not_json,
    strict=False,
)


def decoded_json(text: str) -> object:
    """The JSON value of a text, `Broken` standing where something of it would be lost.

    The standard library's decoder, because it tells which key occurs twice, which number is too
    long to keep and where an error stands. Raises ValueError or RecursionError.
    """
    check_values(text)
    with suppress(json.JSONDecodeError):
        value, end = _DECODER.raw_decode(text)
        if text[end:] in _LINE_ENDS:
            return value
    # Spaces around it, or an error, whose column is only told right without the line's end.
    return _DECODER.decode(text.rstrip("\r\n"))


def _as_row(line: int, value: object) -> RawRow | Refusal:
    if type(value) is dict:
        if len(value) <= limits.MAX_COLUMNS:
            return line, value
        reason = f"The row has more than {limits.MAX_COLUMNS} keys."
        return Refusal(line, "", reason, code=RefusalCode.TOO_LONG)
    if isinstance(value, Broken):
        return Refusal(line, "", value.reason, code=value.code)
    reason = 'A row must be a JSON object with named fields, such as {"prompt": …}.'
    return Refusal(line, "", reason, excerpt_of(value), RefusalCode.WRONG_TYPE)


def _syntax(error: json.JSONDecodeError) -> str:
    return f"Malformed JSON at column {error.colno}: {error.msg}."


def json_lines(source: ByteSource) -> Iterator[RawRow | Refusal]:
    """The rows of a JSON Lines file; a malformed line is refused and the next one read."""
    empty = EmptyLines()
    for number, offset, raw in numbered_bytes(source):
        if raw is None:
            mib = limits.MAX_ROW_BYTES // 1024**2
            reason = f"The line is longer than {mib} MiB."
            yield Refusal(number, "", reason, code=RefusalCode.TOO_LONG)
        elif (row := quick(raw)) is not None:
            yield _as_row(number, row)
        elif (text := text_of(number, offset, raw)).isspace():
            empty.note(number)
        else:
            yield _line(number, text)


def _line(number: int, text: str) -> RawRow | Refusal:
    """The row of a line that is not plain, or why there is none."""
    try:
        return _as_row(number, decoded_json(text))
    except json.JSONDecodeError as error:
        return Refusal(number, "", _syntax(error), excerpt_of(text))
    except TooManyValues as error:
        return Refusal(number, "", str(error), excerpt_of(text), RefusalCode.TOO_LONG)
    except RecursionError:
        reason = "The JSON is nested too deeply."
        return Refusal(number, "", reason, excerpt_of(text), RefusalCode.TOO_LONG)


def json_lines_count(source: ByteSource) -> int:
    """How many rows a JSON Lines file has, malformed ones too; reads them without decoding."""
    empty, rows = EmptyLines(), 0
    for number, text in numbered_lines(source):
        if text is None or not text.isspace():
            rows += 1
            if rows > limits.MAX_ROWS:
                break
        else:
            empty.note(number)
    return rows


class _Characters:
    """The file as a window of decoded text that only ever grows at its end."""

    def __init__(self, source: ByteSource) -> None:
        self._source = source
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._bytes_read = source.offset
        self._line_read = 1
        self.text = ""
        self.at = 0
        self.line = 1
        self.ended = False

    def more(self) -> None:
        """Reads on, at least as much as is still unread, so that long rows cost linear time."""
        kept = self.text[self.at :]
        raw = self._source.stream.read(max(_CHUNK, len(kept)))
        self.ended = not raw
        pending = len(self._decoder.getstate()[0])
        try:
            new = self._decoder.decode(raw, final=self.ended)
        except UnicodeDecodeError as error:
            lines = error.object[: error.start].count(b"\n")
            start = self._bytes_read - pending + error.start
            not_utf8(self._line_read + lines, start, error.object[error.start])
        self._bytes_read += len(raw)
        self._line_read += new.count("\n")
        self.text, self.at = kept + new, 0

    def advance(self, end: int) -> None:
        """Everything before `end` has been dealt with."""
        self.line += self.text.count("\n", self.at, end)
        self.at = end

    def peek(self) -> str:
        """The next character that is not a space, which stays unread; empty at the end."""
        while True:
            self.advance(_SPACES.match(self.text, self.at).end())  # type: ignore[union-attr]
            end = self.at
            if end < len(self.text):
                return self.text[end]
            if self.ended:
                return ""
            self.more()


def _element(window: _Characters) -> object:
    """The JSON value at the window's place. Raises UnreadableFile where there is none."""
    while True:
        try:
            check_values(window.text, window.at)
            value, end = _DECODER.raw_decode(window.text, window.at)
        except TooManyValues as error:
            raise UnreadableFile(f"Line {window.line}: {error}", line=window.line) from None
        except json.JSONDecodeError as error:
            unfinished = error.msg.startswith("Unterminated string")
            unfinished |= error.pos >= len(window.text) - _MARGIN
            if window.ended or not unfinished:
                line = window.line + window.text.count("\n", window.at, error.pos)
                raise UnreadableFile(
                    f"Malformed JSON on line {line}: {error.msg}. Nothing after it can be read; "
                    "mend the file and import it again.",
                    line=line,
                ) from None
        except RecursionError:
            raise UnreadableFile(
                f"Line {window.line}: the JSON is nested too deeply.", line=window.line
            ) from None
        else:
            # A number at the very end may go on in what was not read yet.
            if end < len(window.text) or window.ended:
                window.advance(end)
                return value
        if len(window.text) - window.at > limits.MAX_ROW_BYTES:
            mib = limits.MAX_ROW_BYTES // 1024**2
            raise UnreadableFile(
                f"Line {window.line}: one row is longer than {mib} MiB.", line=window.line
            )
        window.more()


def json_list(source: ByteSource) -> Iterator[RawRow | Refusal]:
    """The elements of a JSON list, which may be all that one object holds.

    Raises UnreadableFile where the list is malformed.
    """
    window = _Characters(source)
    is_wrapped = window.peek() == "{"
    while (start := window.text.find("[", window.at)) < 0 and not window.ended:
        window.more()
    window.advance(start + 1)
    first = True
    while (character := window.peek()) != "]":
        if not first:
            if character != ",":
                _expected(window, "a comma or the closing ]", character)
            window.advance(window.at + 1)
            character = window.peek()
        if not character:
            _expected(window, "another row or the closing ]", character)
        line = window.line
        yield _as_row(line, _element(window))
        first = False
    window.advance(window.at + 1)
    if is_wrapped:
        if window.peek() != "}":
            _expected(window, "nothing beside the list of rows, whose object ends", window.peek())
        window.advance(window.at + 1)
    if window.peek():
        _expected(window, "nothing after the closing ]", window.peek())


def _expected(window: _Characters, what: str, character: str) -> None:
    seen = repr(character) if character else "the end of the file"
    raise UnreadableFile(
        f"Malformed JSON on line {window.line}: expected {what}, found {seen}. "
        "Correct the file and import it again.",
        line=window.line,
    )
