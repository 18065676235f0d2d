"""Figures on a preference are the same whichever response a project calls the first."""

from __future__ import annotations

import csv
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from labeling.models import Task
from labeling.stats import Ratings, cohen_kappa, fleiss_kappa, krippendorff_alpha
from projects.models import Project, User
from projects.services.projects import create_project
from tests.api.client import CallAs

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


def published() -> Ratings:
    """The labels as the file lists them."""
    with SAME_DATA.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return Ratings(
        [row["prompt"] for row in rows],
        [row["rater"] for row in rows],
        [int(row["overall"]) for row in rows],
    )


def test_in_the_order_of_the_source_the_figures_are_the_published_ones(lena: User) -> None:
    ratings, scale = published(), (-1, 0, 1)
    for salt in ("one", "two"):
        figures = report(imported(lena, salt), "--order", "source")
        for level in ("nominal", "ordinal", "interval"):
            plain = krippendorff_alpha(ratings, level, categories=scale)
            assert figures["krippendorff_alpha"][level]["value"] == pytest.approx(plain.value)
            assert figures["krippendorff_alpha"][level]["low"] == pytest.approx(plain.low)
        plain = fleiss_kappa(ratings, categories=scale)
        assert figures["fleiss_kappa"]["value"] == pytest.approx(plain.value)
        kappas = {(p["a"], p["b"]): p["cohen_kappa"]["value"] for p in figures["pairs"]}
        plain = cohen_kappa(ratings, "r0", "r1", categories=scale)
        assert kappas["r0", "r1"] == pytest.approx(plain.value)
        assert figures["values"][0] == {"value": -1, "count": int((ratings.value == -1).sum())}


def test_judgments_whose_row_is_not_known_are_counted_apart_until_the_file_tells(
    lena: User, api: CallAs
) -> None:
    project = imported(lena, "one")
    early = list(project.tasks.order_by("pk").values_list("pk", flat=True)[:2])
    Task.objects.filter(pk__in=early).update(source_order=None)
    address = f"projects/{project.slug}/agreement/"
    content = api(lena).get(f"{address}?order=source").json()
    assert (content["order"], content["judgments"], content["unordered"]) == ("source", 60, 12)
    out = StringIO()
    call_command("agreement", project.slug, "--order", "source", stdout=out)
    assert "12 judgments of tasks whose row is not known" in out.getvalue()
    call_command("import_tasks", project.slug, str(SAME_DATA), verbosity=0)
    assert api(lena).get(f"{address}?order=source").json()["unordered"] == 0
    content = api(lena).get(address).json()
    assert (content["order"], content["judgments"], content["unordered"]) == ("any", 72, 0)
    refused = api(lena).get(f"{address}?order=alphabetical")
    assert (refused.status_code, list(refused.json()["fields"])) == (400, ["order"])
