"""Code with highlighting by CSS class; no style attribute and no unknown language."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from html import escape
from types import FrameType

from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import STANDARD_TYPES, Token, _TokenType
from pygments.util import ClassNotFound

from labeling.rendering.invisible import escape_visibly

#: Fences of this many characters and more are shown without highlighting.
MAX_HIGHLIGHT_CHARS = 50_000
_MAX_LINE_CHARS = 4_000

# Languages that people ask models about. A closed list keeps the cost and the surface known: every
# other name, however spelt, is shown as plain code.
_LANGUAGE_NAMES = (
    "ada awk bash sh shell zsh console c cpp c++ csharp c# cs clojure cmake cobol css "
    "cuda dart delphi diff docker dockerfile elixir elm erlang fortran fsharp go golang "
    "graphql groovy haskell hs hcl html http ini java javascript js json jsx julia kotlin "
    "latex tex lisp common-lisp scheme racket lua makefile make markdown md matlab nginx nim "
    "nix objective-c objc ocaml octave pascal perl pl php powershell ps1 prolog protobuf python "
    "py python3 pycon r rb ruby rust rs scala scss solidity sparql sql mysql postgresql plpgsql "
    "swift tcl terraform toml tsx typescript ts verilog vhdl vim xml xslt yaml yml "
    "zig nasm"
)
#: Every name of a language that is highlighted.
LANGUAGES = frozenset(_LANGUAGE_NAMES.split())

#: Every class that `highlight` may emit.
TOKEN_CLASSES: frozenset[str] = frozenset(name for name in STANDARD_TYPES.values() if name)


def _lexer(language: str) -> Lexer | None:
    if language not in LANGUAGES:
        return None
    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None


def _token_class(kind: _TokenType) -> str:
    while kind not in STANDARD_TYPES and kind.parent is not None:
        kind = kind.parent
    return STANDARD_TYPES.get(kind, "")


def _worth_highlighting(code: str) -> bool:
    if len(code) >= MAX_HIGHLIGHT_CHARS:
        return False
    return max(map(len, code.splitlines()), default=0) <= _MAX_LINE_CHARS


class _Overdue(BaseException):
    """The time for highlighting is over; no lexer may swallow it."""


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise _Overdue


class _Stopwatch:
    """Processor seconds left for all code of one text; None where somebody else ends what hangs."""

    def __init__(self) -> None:
        self.left: float | None = None

    @contextmanager
    def running(self) -> Iterator[None]:
        """Stops with `_Overdue` once the seconds are gone."""
        if self.left is None:
            yield
            return
        left, self.left = self.left, 0.0
        if left <= 0:
            raise _Overdue
        try:
            signal.setitimer(signal.ITIMER_VIRTUAL, left)
            yield
        finally:
            self.left = signal.setitimer(signal.ITIMER_VIRTUAL, 0)[0]


_stopwatch = _Stopwatch()


@contextmanager
def highlighting_seconds(seconds: float) -> Iterator[None]:
    """Bounds what highlighting takes inside of this; for the main thread of a process.

    A regular expression that backtracks hears the signal too. What comes later is plain code.
    """
    before = signal.signal(signal.SIGVTALRM, _stop)
    _stopwatch.left = seconds
    try:
        yield
    finally:
        _stopwatch.left = None
        signal.signal(signal.SIGVTALRM, before)


def highlight(code: str, language: str) -> str:
    """Return code as escaped HTML, highlighted when the language is known and the code not huge.

    Code that takes longer than there is time for is plain.
    """
    lexer = _lexer(language.lower()) if _worth_highlighting(code) else None
    if lexer is not None:
        with suppress(_Overdue), _stopwatch.running():
            return _highlighted(code, lexer)
    return escape_visibly(code)


def _highlighted(code: str, lexer: Lexer) -> str:
    parts = []
    for kind, value in lexer.get_tokens(code):
        text = escape_visibly(value)
        name = "" if kind in (Token.Text, Token.Text.Whitespace) else _token_class(kind)
        parts.append(f'<span class="{escape(name)}">{text}</span>' if name else text)
    return "".join(parts)
