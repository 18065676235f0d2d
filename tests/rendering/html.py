"""A strict reader of rendered HTML for tests: every element with its attributes, and all text."""

from __future__ import annotations

from html.parser import HTMLParser

from labeling.rendering.sanitise import ALLOWED_ATTRIBUTES, ALLOWED_TAGS


class Outline(HTMLParser):
    """The elements (tag, attributes) of a fragment in order, its text, and what stayed open."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data!r}")

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(f"a declaration: {decl!r}")

    def handle_pi(self, data: str) -> None:
        raise AssertionError(f"a processing instruction: {data!r}")

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(f"an unknown declaration: {data!r}")

    def tags(self) -> list[str]:
        return [tag for tag, _attrs in self.elements]

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attrs for name, attrs in self.elements if name == tag]


def assert_safe(html: str) -> None:
    """Fail unless the fragment holds only what the allow-list allows."""
    for tag, attrs in Outline(html).elements:
        assert tag in ALLOWED_TAGS, (tag, html)
        assert set(attrs) <= ALLOWED_ATTRIBUTES.get(tag, frozenset()), (tag, attrs, html)
        address = attrs.get("href", "https:")
        assert address.lower().startswith(("http:", "https:", "mailto:")), (address, html)
        if tag == "a":
            assert attrs["rel"] == "noopener noreferrer nofollow"
            assert attrs["target"] == "_blank"
