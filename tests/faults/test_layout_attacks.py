"""Every layout attack by itself, from each place where somebody's text stands, at both sizes."""

from __future__ import annotations

import pytest

from labeling.rendering import escape_visibly
from projects.models import Project
from tests.browser.conftest import desk
from tests.browser.desk import Desk
from tests.browser.layout_attacks import ATTACKS
from tests.browser.test_layout_attacks import HONEST, SIZES, Attacked, attacks
from tests.conftest import MakeTasks

__all__ = ["desk"]

pytestmark = pytest.mark.django_db(transaction=True)

PLACES = {"first": ".side:first-child", "second": ".side:last-child", "prompt": ".prompt .body"}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("width", SIZES)
def test_no_text_paints_outside_its_place(
    desk: Desk, project: Project, make_tasks: MakeTasks, width: int, place: str
):
    make_tasks(project, 1, contents=(HONEST, HONEST))
    attacked = Attacked(desk, PLACES[place], width)
    assert attacked.successes(attacks()) == []


@pytest.mark.parametrize("width", SIZES)
def test_no_text_as_written_paints_outside_its_card(
    desk: Desk, project: Project, make_tasks: MakeTasks, width: int
):
    make_tasks(project, 1, contents=(HONEST, HONEST))
    attacked = Attacked(desk, ".side:first-child", width, kind=".raw")
    as_written = {name: escape_visibly(text) for name, text in ATTACKS.items()}
    assert attacked.successes(as_written) == []
