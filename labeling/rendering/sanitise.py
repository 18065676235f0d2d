"""The allow-list: what rendered text may contain, whatever the parser let through."""

from __future__ import annotations

import nh3

from labeling.rendering.highlight import TOKEN_CLASSES

_BLOCKS = ("p", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "table", "th", "td", "pre")
_DIRECTIONS = {"auto", "rtl", "ltr"}

#: Every element that rendered text can hold.
ALLOWED_TAGS: frozenset[str] = frozenset(
    {*_BLOCKS, "a", "br", "code", "div", "em", "hr", "s", "span", "strong", "tbody", "thead", "tr"}
)
#: Every attribute that rendered text can hold, by element.
ALLOWED_ATTRIBUTES: dict[str, frozenset[str]] = {
    "a": frozenset({"href", "rel", "target"}),
    "div": frozenset({"class"}),
    "ol": frozenset({"start", "dir"}),
    "pre": frozenset({"class", "dir"}),
    "span": frozenset({"class", "title", "data-display"}),
    "td": frozenset({"class", "dir"}),
    "th": frozenset({"class", "dir"}),
    **{tag: frozenset({"dir"}) for tag in _BLOCKS if tag not in {"ol", "pre", "td", "th"}},
}
_ALIGNMENTS = {"align-left", "align-center", "align-right"}

_cleaner = nh3.Cleaner(
    tags=set(ALLOWED_TAGS),
    # The sanitiser would allow lang and title everywhere; "*" takes that back.
    attributes={"*": set(), "a": {"href"}, "ol": {"start"}, "span": {"title"}},
    tag_attribute_values={
        **{tag: {"dir": _DIRECTIONS} for tag in _BLOCKS},
        "span": {"data-display": {"true", "false"}},
    },
    set_tag_attribute_values={"a": {"target": "_blank"}},
    allowed_classes={
        "div": {"table-scroll"},
        "pre": {"plain"},
        "span": {"math", "mark-char", "no-image", *TOKEN_CLASSES},
        "td": _ALIGNMENTS,
        "th": _ALIGNMENTS,
    },
    link_rel="noopener noreferrer nofollow",
    url_schemes={"http", "https", "mailto"},
    url_relative="deny",
)


def sanitise(html: str) -> str:
    """Return the HTML with everything outside the allow-list removed; text is never lost."""
    return _cleaner.clean(html)
