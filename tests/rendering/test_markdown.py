"""What ordinary Markdown looks like."""

from __future__ import annotations

import pytest

from labeling.rendering import RENDERER_VERSION, render_markdown
from tests.rendering.html import Outline


def test_the_version_is_a_number_that_can_be_stored():
    assert isinstance(RENDERER_VERSION, int)
    assert RENDERER_VERSION >= 1


def test_the_same_text_gives_the_same_html():
    text = "# A\n\n- b\n- `c`\n\n$x$ ~~d~~"
    assert render_markdown(text) == render_markdown(text)


def test_headings_stay_below_those_of_the_page():
    tags = Outline(render_markdown("# 1\n\n## 2\n\n### 3\n\n#### 4\n\n##### 5\n\nT\n=")).tags()
    assert tags == ["h3", "h4", "h5", "h6", "h6", "h3"]


def test_tables_align_by_class_and_can_scroll():
    outline = Outline(render_markdown("|a|b|c|\n|:-|:-:|-:|\n|1|2|3|"))
    assert outline.all("div") == [{"class": "table-scroll"}]
    assert [cell["class"] for cell in outline.all("td")] == [
        "align-left",
        "align-center",
        "align-right",
    ]


def test_strikethrough_and_line_breaks_are_kept():
    assert Outline(render_markdown("~~a~~\nb")).tags() == ["p", "s", "br"]


def test_an_ordered_list_keeps_its_first_number():
    assert Outline(render_markdown("3. a\n4. b")).all("ol")[0]["start"] == "3"


def test_links_open_elsewhere_and_tell_nothing():
    (link,) = Outline(render_markdown('[x](https://a.example/ "hover")')).all("a")
    assert link == {
        "href": "https://a.example/",
        "rel": "noopener noreferrer nofollow",
        "target": "_blank",
    }


def test_a_bare_address_is_a_link_and_a_file_name_is_not():
    outline = Outline(render_markdown("https://a.example/b README.md setup.py a@b.example"))
    assert [link["href"] for link in outline.all("a")] == ["https://a.example/b"]


@pytest.mark.parametrize("address", ["/x", "#x", "x.html", "//a.example/"])
def test_an_address_without_a_scheme_leads_nowhere(address: str):
    assert all("href" not in a for a in Outline(render_markdown(f"[x]({address})")).all("a"))


def test_an_image_is_shown_as_its_description_and_address():
    outline = Outline(render_markdown("![a *cat*](https://a.example/cat.png)"))
    assert outline.tags() == ["p", "span"]
    assert outline.text.strip() == "Image, not loaded: a cat · https://a.example/cat.png"


def test_known_code_is_highlighted_by_class():
    outline = Outline(render_markdown("```python\nfor x in y: pass\n```"))
    assert {"class": "k"} in outline.all("span")
    assert outline.text.strip() == "for x in y: pass"


@pytest.mark.parametrize("language", ["", "nosuchlanguage", "../../etc/passwd", "python2<script>"])
def test_unknown_code_is_shown_plain(language: str):
    outline = Outline(render_markdown(f"```{language}\nfor x in y: pass\n```"))
    assert outline.tags() == ["pre", "code"]


def test_huge_code_is_shown_without_highlighting():
    code = "x = 1\n" * 9_000
    outline = Outline(render_markdown(f"```python\n{code}```"))
    assert outline.tags() == ["pre", "code"]
    assert outline.text == code.rstrip("\n") + "\n"


def test_code_keeps_its_blank_first_line_and_indentation():
    html = render_markdown("```\n\n    a\n```")
    assert "<code>\n    a</code>" in html


def test_every_block_of_text_finds_its_own_direction():
    outline = Outline(render_markdown("hello\n\nمرحبا\n\n# שלום\n\n|a|\n|-|\n|ب|"))
    blocks = [a for t, a in outline.elements if t in {"p", "h3", "th", "td"}]
    assert len(blocks) == 5
    assert all(attrs["dir"] == "auto" for attrs in blocks)


def test_a_right_to_left_list_is_right_to_left_as_a_whole():
    outline = Outline(render_markdown("- مرحبا\n\n- سلام"))
    assert [a["dir"] for t, a in outline.elements if t in {"ul", "li"}] == ["rtl"] * 3


def test_code_is_always_left_to_right():
    assert Outline(render_markdown("```\nمرحبا\n```")).all("pre")[0]["dir"] == "ltr"


@pytest.mark.parametrize("text", ["", "   ", "\n\n", "\t"])
def test_an_empty_text_renders_to_nothing(text: str):
    assert render_markdown(text).strip() == ""


@pytest.mark.parametrize("text", ["144.", " 7)\n"])
def test_a_number_alone_is_no_list(text):
    assert render_markdown(text) == f'<p dir="auto">{text.strip()}</p>\n'
    assert "<ol" in render_markdown("1. one")


@pytest.mark.parametrize(
    "text",
    [
        "> " * 49 + "shown",
        "> " * 50 + "shown",
        "> " * 90 + "shown",
        "".join("  " * n + "- .\n" for n in range(24)) + "  " * 24 + "- shown",
        "".join("  " * n + "- .\n" for n in range(60)) + "  " * 60 + "- shown",
    ],
)
def test_what_nests_deep_is_shown_however_deep(text: str):
    assert "shown" in Outline(render_markdown(text)).text
