"""What a person reads in a template passes through gettext, so that translating is translating."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from django.template.base import Lexer, Token, TokenType

from tests.architecture.sources import ROOT, templates

#: Words that are the same in every language.
SAME_EVERYWHERE = {
    "Concord": "the product's name",
    "Conc": "its first part, where the mark sets the o apart",
    "o": "the o of the mark",
    "rd": "its last part",
    "P": "the sign of a principle's number",
    "v": "the sign of a guideline's version",
    "n": "the sign of a count beside a figure",
}

#: Templates that hold no sentence.
NO_SENTENCE = {"templates/labeling/imports/_example_row.txt": "a row of a file, as a sample"}

#: Elements whose content is code or the name of a key.
NOT_PROSE = {"code", "kbd", "script", "style"}

#: Attributes that people read or hear.
READ = {"title", "aria-label", "placeholder", "alt", "label", "data-sure", "data-key-label"}

#: Defaults that are code words: the tone of a tag.
CODE_DEFAULTS = {"good"}

#: Arguments of {% include %} that hold a code word, not a text.
CODE_ARGUMENTS = {"class", "done_tone", "field", "tab", "unit", "query", "sort"}

#: Blocks that hold code words; nothing else with an end of its own stands in them but {% if %}.
CODE_BLOCKS = {"block main_class", "block code"}

_LETTERS = re.compile(r"[^\W\d_]+")
_DEFAULT = re.compile(r"""\|default(?:_if_none)?:(["'])(?P<text>.*?)\1""")
_ARGUMENT = re.compile(r"""\b(?P<name>\w+)=(["'])(?P<text>.*?)\2""")


def words(text: str) -> list[str]:
    """The words that a translator would want to see."""
    return [word for word in _LETTERS.findall(text) if word not in SAME_EVERYWHERE]


class _Readable(HTMLParser):
    """Collects text and attributes that people read, from HTML without its template tags."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []
        self.code = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.code += tag in NOT_PROSE
        kinds = {value for name, value in attrs if name == "type"}
        shows_value = tag == "input" and kinds & {"submit", "button", "reset"}
        for name, value in attrs:
            if name in READ or (name == "value" and shows_value):
                self.texts.append(value or "")

    def handle_endtag(self, tag: str) -> None:
        self.code -= tag in NOT_PROSE

    def handle_data(self, data: str) -> None:
        if not self.code:
            self.texts.append(data)


def _outside_translation(tokens: list[Token]) -> Iterator[Token]:
    """The tokens that no {% blocktranslate %}, {% comment %} or block of code words holds."""
    end = ""
    for token in tokens:
        name = token.contents.split(" ", 1)[0] if token.token_type is TokenType.BLOCK else ""
        if end:
            end = "" if name == end else end
        elif name in {"blocktranslate", "comment"}:
            end = f"end{name}"
        elif token.contents in CODE_BLOCKS:
            end = "endblock"
        else:
            yield token


def untranslated(source: str) -> list[str]:
    """Every text of a template that holds a word and does not pass through gettext."""
    readable = _Readable()
    literals = []
    html = []
    for token in _outside_translation(Lexer(source).tokenize()):
        if token.token_type is TokenType.TEXT:
            html.append(token.contents)
            continue
        literals += [match["text"] for match in _DEFAULT.finditer(token.contents)]
        if token.contents.startswith("include "):
            arguments = token.contents.partition(" with ")[2]
            literals += [
                match["text"]
                for match in _ARGUMENT.finditer(arguments)
                if match["name"] not in CODE_ARGUMENTS
            ]
    readable.feed("".join(html))
    readable.close()
    texts = (*readable.texts, *(text for text in literals if text not in CODE_DEFAULTS))
    return [text.strip() for text in texts if words(text)]


def test_every_text_of_a_template_can_be_translated():
    bare = {
        path: texts
        for path, source in templates().items()
        if path not in NO_SENTENCE and (texts := untranslated(source))
    }
    assert not bare


@pytest.mark.parametrize(
    ("source", "texts"),
    [
        ('{% translate "Save" %}<b>{{ name }}</b> · Concord', []),
        ("{% blocktranslate %}Saved by {{ name }}{% endblocktranslate %}", []),
        ("<p>Save</p>", ["Save"]),
        ("<p>{{ n }} of {{ total }}</p>", ["of"]),
        ('<input placeholder="{% if n %}{{ n }}{% else %}no limit{% endif %}">', ["no limit"]),
        ('<input type="submit" value="Go">', ["Go"]),
        ('<button value="go">{% translate "Go" %}</button>', []),
        ("<kbd>Enter</kbd><code>pip install</code>", []),
        ('{{ name|default:"nobody" }}', ["nobody"]),
        ('{{ name|default:_("nobody") }}{{ n|default:"–" }}', []),
        ('{% include "a.html" with title="Rows" unit="percent" %}', ["Rows"]),
        ('{% include "a.html" with title=_("Rows") %}', []),
    ],
)
def test_the_search_finds(source: str, texts: list[str]):
    assert untranslated(source) == texts


# --- scripts: their words come with the page ----------------------------------------------------

_COMMENT = re.compile(r"/\*.*?\*/|^\s*//[^\n]*$", re.S | re.M)
_LITERAL = re.compile(r'"([^"\\\n]*)"|`([^`]*)`')
_SAID = re.compile(r'\b(?P<call>say|sayCount)\("(?P<name>\w+)"')
_WORDS = re.compile(r"<template data-words(?P<words>[^>]*)>")

#: Key names and selectors with a space, which look like words.
NO_WORDS = {".content pre"}


def scripts() -> dict[str, str]:
    """Our own scripts without their comments, by path from the root."""
    return {
        path.relative_to(ROOT).as_posix(): _COMMENT.sub("", path.read_text())
        for path in sorted((ROOT / "static" / "js").rglob("*.js"))
    }


def sentences(source: str) -> list[str]:
    """The literals of a script with two words in a row, or with the point of a sentence."""
    sentence = re.compile(r"[A-Za-z]{2,} [A-Za-z]{2,}|[A-Za-z][.!?]$")
    literals = [match[1] or match[2] or "" for match in _LITERAL.finditer(source)]
    return [text for text in literals if sentence.search(text) and text not in NO_WORDS]


def test_scripts_hold_no_sentence():
    literals = {path: texts for path, source in scripts().items() if (texts := sentences(source))}
    assert not literals


def test_the_search_for_sentences_finds_them():
    source = 'tell("Saved."); tell(`${n} answers wait`); box.matches(".pair > .side"); part("keys")'
    assert sentences(source) == ["Saved.", "${n} answers wait"]


def test_the_words_of_scripts_are_there_and_are_all_said():
    kept = {
        re.sub(r"-(\w)", lambda letter: letter[1].upper(), name)
        for source in templates().values()
        for match in _WORDS.finditer(source)
        for name in re.findall(r"\bdata-([\w-]+)=", match["words"])
    }
    said = set()
    for source in scripts().values():
        for match in _SAID.finditer(source):
            forms = ("One", "Other") if match["call"] == "sayCount" else ("",)
            said |= {match["name"] + form for form in forms}
    assert said == kept
