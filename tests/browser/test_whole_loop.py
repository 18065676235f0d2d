"""The whole loop as new users do it: real servers, a real worker, real browsers.

Import, compare, agree, release, from an instance without a user. It stands in for nothing: the
instance is the one that `./run` starts.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.loop import (
    PASSWORD,
    Person,
    rows_of_pairs,
    rows_of_transcripts,
    write_gzip,
)
from tests.config.instances import Running, command, running


@pytest.fixture(scope="module")
def instance(data_folder: Path) -> Iterator[Running]:
    """A fresh instance with one account and nothing else."""
    with running(data_folder) as started:
        operator = ("lena@example.com", "--password", PASSWORD, "--operator")
        made = command("manage", "create_user", *operator, data=data_folder)
        assert made.returncode == 0, made.stderr
        yield started


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two files to import: transcripts and plain pairs."""
    folder = tmp_path_factory.mktemp("files")
    return (
        write_gzip(folder / "transcripts.jsonl.gz", rows_of_transcripts(30)),
        write_gzip(folder / "pairs.jsonl.gz", rows_of_pairs(40)),
    )


def count_rows(path: Path) -> int:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return sum(1 for line in file if line.strip())


@pytest.mark.browser
@pytest.mark.instance
@pytest.mark.walk
def test_a_team_imports_compares_agrees_and_releases(
    browser: Any, instance: Running, files: tuple[Path, Path], tmp_path: Path
):
    base = f"http://127.0.0.1:{instance.port}"
    lena = Person(browser, base, "lena@example.com")
    lena.log_in()
    slug = lena.create_project("Kitchen table", "Arena: which model is better?")

    for path in files:
        report = lena.import_file(slug, path)
        assert f"{count_rows(path):,}" in report, report

    raters = []
    for name in ("Rui", "Sam", "Tao"):
        rater = Person(browser, base, f"{name.lower()}@example.com")
        rater.accept(lena.invite(slug, "Rater"), name)
        raters.append(rater)
    for rater, keys in zip(raters, ("112121121312", "212112112112", "121121142121"), strict=True):
        assert rater.rate(slug, keys) == 12

    agreement = lena.open(f"/p/{slug}/agreement/")
    text = agreement.locator("main").inner_text()
    assert "36 judgments" in text, text
    assert "alpha" in text.lower()
    figures = lena.context.request.get(f"/p/{slug}/agreement.json").json()
    overall = figures["criteria"]["overall"]
    assert (figures["judgments"], figures["raters"], figures["tasks"]) == (36, 3, 12)
    assert overall["percent_agreement"]["exact"]["n"] == 36
    assert overall["krippendorff_alpha"]["nominal"]["value"] is not None

    folder = lena.release(slug, tmp_path)
    manifest = json.loads((folder / "manifest.json").read_text())
    counts = manifest["counts"]
    dropped = sum(drop["rows"] for drop in counts["dropped"].values())
    assert counts["rows_in"] == counts["rows_out"] + dropped == 12
    assert manifest["files"]
    for entry in manifest["files"]:
        content = (folder / entry["name"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == entry["sha256"], entry["name"]
    for person in (lena, *raters):
        assert not person.faults, person.faults
