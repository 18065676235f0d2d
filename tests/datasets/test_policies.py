"""What is said of recipes, formats and options: in the reader's language, but not in files."""

from __future__ import annotations

import pytest

from labeling.datasets.build import nothing_left
from labeling.datasets.fitting import misfit
from labeling.datasets.formats import FORMATS
from labeling.datasets.policies import HEADINGS
from labeling.datasets.reasons import rows_in_words
from labeling.datasets.recipes import RECIPES, Ledger, RecipeOptions
from labeling.datasets.recipes.sentences import options_in_words
from projects import words
from tests.datasets.release_rows import OVERALL, judgment, project, release, task, tree


class Elsewhere:
    """A language in which every message stands between brackets."""

    def gettext(self, message: str, /) -> str:
        return f"[{message}]"

    def ngettext(self, singular: str, plural: str, number: int, /) -> str:
        return f"[{singular if number == 1 else plural}]"


@pytest.mark.parametrize("speaker", [*RECIPES.values(), *FORMATS.values()])
def test_every_policy_is_spoken_in_the_language_that_is_asked_for(speaker):
    for heading, text in speaker.explain(Elsewhere()).items():
        named = heading.strip("[]")
        assert heading == (f"[{named}]" if named in HEADINGS else named)
        assert text.startswith("[")
        assert text.endswith(".]")
        assert speaker.explain()[named] == text[1:-1].replace("] [", " ")


@pytest.mark.parametrize("shape", FORMATS.values())
def test_a_heading_that_is_no_word_names_a_table(shape):
    tables = {table.name for table in shape.tables}
    assert set(shape.explain()) - HEADINGS <= tables


def test_the_options_that_were_chosen_are_said_in_the_language_that_is_asked_for():
    chosen = RecipeOptions(min_votes=2, categories=frozenset({""}), ties="keep")
    assert options_in_words(chosen, Elsewhere()) == {
        "[Votes floor]": "[Tasks with fewer than 2 votes are left out.]",
        "[Categories]": "[Only tasks of the category [(none)].]",
        "[Ties asked for]": "[Ties are kept.]",
    }


@pytest.mark.parametrize("unit", sorted({recipe.unit for recipe in RECIPES.values()}))
def test_rows_in_are_counted_in_words(unit):
    assert rows_in_words(unit, 1) == f"1 {unit}"
    assert rows_in_words(unit, 1200) == f"1,200 {unit}s"
    assert rows_in_words(unit, 2, Elsewhere()) == f"[2 {unit}s]"


def test_a_release_without_rows_says_why_in_the_language_that_is_asked_for():
    ledger = Ledger("task", rows_in=2)
    ledger.drops.update({"split": 2})
    assert nothing_left(ledger, Elsewhere()).startswith("[No row is left of [2 tasks]: 2 [raters")


def test_a_refusal_speaks_the_language_of_the_process(monkeypatch):
    monkeypatch.setattr(words, "_installed", Elsewhere())
    wrong = misfit(RECIPES["kto"], FORMATS["trl"], options=RecipeOptions(), criteria=[OVERALL])
    assert wrong is not None
    assert wrong[1].startswith("[The recipe “[Good and bad responses (KTO)]” makes [responses")


@pytest.mark.parametrize(("recipe", "shape"), [("majority", "native"), ("raw", "trl")])
def test_files_do_not_depend_on_a_language(tmp_path, monkeypatch, recipe, shape):
    rows = [*project(12), task("tie", judgment(0, tie_kind="equal_good"))]
    settings = {"recipe": recipe, "shape": shape, "options": RecipeOptions(min_strength=1)}
    release(rows, tmp_path / "here", **settings)
    monkeypatch.setattr(words, "_installed", Elsewhere())
    release(rows, tmp_path / "there", **settings)
    assert tree(tmp_path / "here") == tree(tmp_path / "there")
