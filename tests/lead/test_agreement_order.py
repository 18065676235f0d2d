"""Figures on a preference are the same whichever response a project calls the first."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from projects.models import Project, User
from projects.services.projects import create_project

pytestmark = pytest.mark.django_db

SAME_DATA = Path(__file__).parent.parent / "cases" / "inputs" / "51_same_data_two_projects.csv"


@pytest.fixture(autouse=True)
def _imports_elsewhere(settings: Any, tmp_path: Path) -> None:
    settings.IMPORTS_DIR = tmp_path / "imports"


def imported(lena: User, salt: str, template: str = "arena") -> Project:
    """A project with the labels of the file, its tasks in an order of their own."""
    project = create_project(name=f"Salted {salt}", created_by=lena, template=template)
    Project.objects.filter(pk=project.pk).update(salt=salt)
    call_command("import_tasks", project.slug, str(SAME_DATA), verbosity=0)
    return project


def report(project: Project, *options: str) -> dict[str, Any]:
    """The primary criterion of the command's report, rounded to nine digits."""
    out = StringIO()
    call_command("agreement", project.slug, "--json", *options, stdout=out)
    content = json.loads(out.getvalue(), parse_float=lambda text: round(float(text), 9))
    criteria: dict[str, Any] = content["criteria"]
    return next(iter(criteria.values()))


def test_two_projects_with_the_same_data_have_the_same_figures(lena: User) -> None:
    first, *others = [report(imported(lena, salt)) for salt in ("one", "two", "three")]
    assert others == [first, first]
    chance = first["krippendorff_alpha"]
    assert chance["nominal"] == chance["symmetric"]
    for figure in chance["nominal"], first["fleiss_kappa"], first["gwet_ac1"]:
        assert "mirror images" in figure["convention"]
        assert figure["n"] == 12
        assert figure["low"] < figure["value"] < figure["high"]
    assert all("mirror images" in pair["cohen_kappa"]["convention"] for pair in first["pairs"])
