"""What a release takes from its project: recipe and criterion, pseudonyms, facts for the card."""

from __future__ import annotations

import hmac
from hashlib import sha256
from typing import Any

import pyarrow as pa

from labeling.datasets.recipes import RECIPES, Recipe
from labeling.datasets.records import Criterion as CriterionRecord
from labeling.datasets.records import Guideline as GuidelineRecord
from labeling.datasets.records import ReleaseContext, canonical_json
from labeling.models import Release
from labeling.selectors.releases import Pseudonym, counted, not_counted, release_ratings
from labeling.stats import criterion_report
from projects.models import Criterion, Guideline, Principle, Project


def release_salt(release: Release) -> str:
    """The secret behind a release's pseudonyms.

    It hangs on the frozen request: the same request gives the same files, and two different
    releases cannot be joined by rater. Nobody can compute it without the project's own secret.
    """
    request = canonical_json(release_parameters(release)).encode()
    return hmac.new(release.project.salt.encode(), b"release" + request, sha256).hexdigest()


def release_parameters(release: Release) -> dict[str, Any]:
    """The frozen request, as the manifest prints it."""
    return {
        "recipe": release.recipe,
        "format": release.format,
        "file_type": release.file_type,
        "cutoff": release.cutoff,
        **release.options,
    }


def pseudonyms(salt: str) -> Pseudonym:
    """Names that mean nothing outside one release."""
    key = salt.encode()

    def name(kind: str, pk: int) -> str:
        return f"{kind}-{hmac.digest(key, f'{kind} {pk}'.encode(), 'sha256').hex()[:16]}"

    return name


def make_recipe(key: str, criterion: Criterion, project: Project) -> Recipe:
    """The recipe of that key on a criterion of the project."""
    primary = next((c.key for c in project.criteria.all() if c.is_primary), "")
    return RECIPES[key](_criterion_record(criterion), primary=primary)


def _criterion_record(criterion: Criterion) -> CriterionRecord:
    scale = criterion.scale
    return CriterionRecord(
        key=criterion.key,
        wording=criterion.wording,
        scale=scale.key,
        strongest=scale.strongest,
        levels=tuple(sorted({abs(value) for value in scale.values if value})),
        primary=criterion.is_primary,
        margins=scale.margins,
    )


def release_context(release: Release, criterion: Criterion) -> ReleaseContext:
    """What the card says beyond the rows; nothing in it depends on when or by whom it is built."""
    project, cutoff = release.project, release.cutoff
    used = counted(project, cutoff).order_by().values("guideline_id").distinct()
    guidelines = Guideline.objects.filter(pk__in=used).order_by("number")
    missing = not_counted(project, cutoff)
    limits = ("This is invented demonstration data: do not train on it.",) * project.is_demo
    if project.is_sensitive:
        limits += ("The project is marked as sensitive: texts may disturb.",)
    return ReleaseContext(
        project=project.slug,
        name=project.name,
        parameters=release_parameters(release),
        guidelines=tuple(
            GuidelineRecord(guideline.number, guideline.text, guideline.change_note)
            for guideline in guidelines
        ),
        principles=_principles(guidelines.values_list("pk", flat=True)),
        agreement=_agreement(project, criterion, cutoff),
        withheld={"superseded": missing.superseded, "withdrawn": missing.withdrawn},
        versions={"Concord": release.version, "pyarrow": pa.__version__},
        licence=release.options["licence"] or "unknown",
        limits=limits,
    )


def _principles(guidelines: Any) -> tuple[dict[str, object], ...]:
    rows = Principle.objects.filter(guideline__in=list(guidelines)).order_by(
        "guideline__number", "number"
    )
    return tuple(
        {
            "guideline_version": number,
            "number": principle.number,
            "title": principle.title,
            "text": principle.text,
            "training_form": principle.training_form,
        }
        for principle, number in (
            (principle, principle.guideline.number)
            for principle in rows.select_related("guideline")
        )
    )


def _agreement(project: Project, criterion: Criterion, cutoff: int) -> dict[str, Any]:
    """Agreement at the cut-off on the released criterion, without anything about one rater."""
    ratings, categories = release_ratings(project, criterion, cutoff)
    report = criterion_report(ratings, categories, preference=True, rater_names={})
    report.pop("pairs", None)
    return {"project": project.slug, "criteria": {criterion.key: report}}
