"""docs/importing.md says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core.management import call_command

from labeling.datasets.readers import IMPORT_KINDS, ColumnRole, limits
from labeling.datasets.rows import FileCode, RefusalCode
from labeling.vocabulary import TieKind

PAGE = (Path(__file__).parents[2] / "docs" / "importing.md").read_text()
READERS = Path(__file__).parents[2] / "labeling" / "datasets" / "readers"
#: What is only said, and never stops an import.
NOTICES = ("winner_offered", "winner_unclear", "rater_unnamed", "label_untold")


@pytest.mark.parametrize("name", [*IMPORT_KINDS, *TieKind])
def test_every_format_and_tie_is_named(name):
    assert name in PAGE


@pytest.mark.parametrize("name", [*RefusalCode, *FileCode, *ColumnRole])
def test_every_code_and_role_is_named(name):
    assert f"`{name}`" in PAGE


@pytest.mark.parametrize(
    "limit",
    [
        limits.MAX_TEXT,
        limits.MAX_ID,
        limits.MAX_MESSAGES,
        limits.MAX_JUDGMENTS,
        limits.MAX_METADATA,
        limits.MAX_DEPTH,
        limits.MAX_UNPACK_RATIO,
        limits.MAX_REFUSALS_KEPT,
        limits.COMPARED_RESPONSES,
        limits.MAX_RESPONSES,
        limits.MAX_ROW_BYTES // 1024**2,
        limits.MAX_UNPACKED_BYTES // 1024**3,
        limits.MAX_ROW_VALUES,
        limits.MAX_MARKS,
        limits.MAX_ROWS,
        limits.MAX_EMPTY_LINES,
        limits.MAX_PAGE_BYTES // 1024**2,
        limits.MAX_PAGE_VALUES,
    ],
)
def test_every_limit_is_named(limit):
    assert f"{limit:,}" in PAGE


def test_the_first_import_prints_what_the_page_says(project, tmp_path, settings, capsys):
    settings.IMPORTS_DIR = tmp_path
    example = re.search(r"```csv\n(.*?)```\n\n```\n\$ .*?\n(.*?)```", PAGE, re.DOTALL)
    assert example is not None
    table, printed = example.groups()
    file = tmp_path / "answers.csv"
    file.write_text(table)
    call_command("import_tasks", project.slug, str(file))
    assert capsys.readouterr().out == printed


@pytest.mark.parametrize("module", ["asking", "offers", "whose"])
def test_every_question_is_named(module):
    text = (READERS / f"{module}.py").read_text()
    codes = set(re.findall(r'ColumnQuestion\(\s*"(\w+)"', text))
    questions = {code for code in codes if not code.startswith(NOTICES)}
    assert questions
    assert {code for code in questions if f"| `{code}` |" not in PAGE} == set()
