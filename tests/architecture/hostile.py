"""What a hostile client sends: values that no table can store, in every field of every address."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from django.test import Client
from django.urls import Resolver404, resolve
from drf_spectacular.generators import SchemaGenerator

from tests.architecture.sources import ROOT

#: Texts, as they stand in an address or a form, encoded already.
TEXTS: dict[str, str] = {
    "NUL": "a%00b",
    "beyond 64 bits": str(2**63),
    "far beyond": "9" * 30,
    "too long for a number": "1" * 5000,
    "negative": str(-(2**63) - 1),
    "infinite": "1e999",
    "no number": "nan",
    "a digit that is none": quote("²"),
    "nested": quote("[") * 20_000,
    "half a pair": "%ED%A0%80",
    "no UTF-8": "%FF%FE",
    "a name of Python's": "items",
    "long": "x" * 100_000,
}
#: The same in JSON.
JSONS: dict[str, bytes] = {
    "NUL": b'"a\\u0000b"',
    "NUL as a key": b'{"a\\u0000b": 1}',
    "beyond 64 bits": b"9223372036854775808",
    "too long for a number": b"1" * 5000,
    "infinite": b"1e999",
    "no number": b"NaN",
    "nested": b"[" * 1000 + b"]" * 1000,
    "nested far": b"[" * 100_000,
    "nested objects": b'{"a":' * 1000 + b"1" + b"}" * 1000,
    "half a pair": b'"\\ud800"',
    "half a pair as a key": b'{"\\ud800": 1}',
    "no UTF-8": b'"\xff\xfe"',
    "a list": b"[1, 2]",
    "an object": b'{"items": 1}',
    "many": b"[" + b'{"title": "x"},' * 40_000 + b'{"title": "x"}]',
    "nothing": b"null",
    "yes": b"true",
    "long": b'"' + b"x" * 100_000 + b'"',
}
#: Bodies as a whole.
BODIES: dict[str, bytes] = {**JSONS, "cut off": b'{"a": ', "empty": b""}

#: A body that fits, by the route of its call; the others have no body.
FITTING: dict[str, dict[str, Any]] = {
    "api/v1/assignments/<int:assignment_id>/judgment/": {"answers": {"overall": 1}},
    "api/v1/assignments/<int:assignment_id>/skip/": {"reason": "unclear"},
    "api/v1/projects/": {
        "name": "New",
        "criteria": [{"key": "overall", "wording": "Which?", "scale": "hh8", "primary": True}],
        "guideline": {"text": "Prefer.", "principles": [{"title": "One"}]},
    },
    "api/v1/projects/<slug:slug>/guideline/acknowledgement/": {"number": 2},
    "api/v1/projects/<slug:slug>/releases/": {"recipe": "raw", "format": "native"},
    "api/v1/projects/<slug:slug>/releases/preview/": {"recipe": "raw", "format": "native"},
}
_QUERY_NAME = re.compile(
    r"(?:GET|query_params|query|fields)(?:\.get\(|\.getlist\(|\[)\s*\"(\w+)\"|OpenApiParameter\(\s*\"(\w+)\""
)


def query_names(path: str) -> list[str]:
    """The parameters that the code of this address, or what stands beside it, reads."""
    view = resolve(path).func
    module = getattr(view, "view_class", view).__module__
    folder = (ROOT / module.replace(".", "/")).parent
    read = (
        (_names_read(file) for file in sorted(folder.glob("*.py")))
        if ROOT in folder.parents
        else ()
    )
    return sorted({"page", "page_size", "version"}.union(*read))


@cache
def _names_read(file: Path) -> set[str]:
    return {first or second for first, second in _QUERY_NAME.findall(file.read_text())}


@dataclass
class PostedForm:
    """A form of a page: where it goes, and what a browser would send of it."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)

    @property
    def route(self) -> str:
        """The route of its address; "" where there is none."""
        try:
            return str(resolve(urlsplit(self.action).path).route)
        except Resolver404:
            return ""


class _Forms(HTMLParser):
    """Collects the forms of a page with all their fields, those elsewhere on the page too."""

    def __init__(self, page: str, address: str) -> None:
        super().__init__()
        self.forms: list[PostedForm] = []
        self._by_id: dict[str, PostedForm] = {}
        self._open: PostedForm | None = None
        self._address = address
        self._select = ""
        self._target: PostedForm | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            action = values.get("action") or self._address
            self._open = PostedForm(action, values.get("method", "get").lower())
            self.forms.append(self._open)
            self._by_id[values.get("id", "")] = self._open
        elif tag in {"input", "select", "textarea", "button"} and values.get("name"):
            self._note(tag, values)
        elif tag == "option" and self._target is not None and "selected" in values:
            self._target.fields[self._select] = values.get("value", "")

    def _note(self, tag: str, values: dict[str, str]) -> None:
        form = self._by_id.get(values["form"]) if "form" in values else self._open
        if form is None:
            form = self.forms[-1] if self.forms else PostedForm(self._address, "post")
        self._target, self._select = form, values["name"]
        if values["name"] != "csrfmiddlewaretoken":
            form.fields.setdefault(values["name"], values.get("value") or "1")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None


def forms_of(client: Client, paths: list[str]) -> list[PostedForm]:
    """The forms of these pages, each address once."""
    forms: dict[tuple[str, str], PostedForm] = {}
    for path in paths:
        reply = client.get(path)
        if reply.status_code == 200 and "html" in reply.headers.get("Content-Type", ""):
            for form in _Forms(reply.content.decode(), path).forms:
                known = forms.setdefault((form.route, form.method), form)
                known.fields |= {**form.fields, **known.fields}
    return list(forms.values())


def with_value(fields: dict[str, str], name: str, value: str) -> str:
    """The fields as a form's body, one of them replaced by a text that is encoded already."""
    others = urlencode([(key, text) for key, text in fields.items() if key != name])
    return "&".join(filter(None, (others, f"{quote(name)}={value}")))


def json_with(body: dict[str, Any], name: str, value: bytes) -> bytes:
    """The body with one field replaced by a piece of JSON, which need not be any."""
    marked = json.dumps({**body, name: "\x01"}).encode()
    return marked.replace(b'"\\u0001"', value)


def json_fields() -> dict[str, list[str]]:
    """The fields that each call of the API takes, by its path in the documentation."""
    schema = SchemaGenerator().get_schema(request=None, public=True)
    parts = schema["components"]["schemas"]
    fields = {}
    for path, calls in schema["paths"].items():
        content = calls.get("post", {}).get("requestBody", {}).get("content", {})
        reference = content.get("application/json", {}).get("schema", {}).get("$ref", "")
        names = parts.get(reference.rpartition("/")[2], {}).get("properties", {})
        fields[path.strip("/")] = list(names)
    return fields
