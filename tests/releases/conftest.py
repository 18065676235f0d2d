"""A judged project, and a folder of its own for its releases."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from labeling.models import Release
from labeling.releases.services import request_release, run_release
from projects.models import Project, User
from tests.cast import Scene, recorded
from tests.conftest import MakeTasks, judge, lease


@pytest.fixture(autouse=True)
def releases_dir(tmp_path: Path, settings: Any) -> Path:
    """Releases of a test go to a folder of its own."""
    settings.RELEASES_DIR = tmp_path / "releases"
    return tmp_path / "releases"


@pytest.fixture(scope="session")
def scenes() -> dict[str, Scene[Project]]:
    """What this process has recorded: see `judged`."""
    return {}


@pytest.fixture
def judged(
    project: Project,
    rui: User,
    sam: User,
    make_tasks: MakeTasks,
    scenes: dict[str, Scene[Project]],
) -> Project:
    """Six tasks; rui and sam agree on five of them and split on one.

    Judging takes hundreds of statements: the rows are made once a process and put back.
    """
    if "judged" in scenes:
        scenes["judged"].put_back()
    else:
        scenes["judged"] = recorded(partial(_judged, project, (rui, sam), make_tasks))
    return project


def _judged(project: Project, raters: tuple[User, User], make_tasks: MakeTasks) -> Project:
    make_tasks(project, 6)
    rui = raters[0]
    for user in raters:
        for _ in range(6):
            assignment = lease(user, project)
            first = assignment.shown_order[0] == 0
            towards = -1 if assignment.task.external_id != "t3" or user == rui else 1
            judge(user, assignment, 2 * (towards if first else -towards), rationale="Clearer.")
    return project


@pytest.fixture
def built() -> Callable[..., Release]:
    """Requests and builds a release."""

    def make(project: Project, **more: Any) -> Release:
        settings = {"recipe": "majority", "format": "native", "created_by": None, **more}
        release = request_release(project=project, **settings)
        run_release(release.pk)
        release.refresh_from_db()
        return release

    return make
