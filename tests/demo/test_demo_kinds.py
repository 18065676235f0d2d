"""The demo projects beside the first: one a kind, with work that a visitor believes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import transaction

from labeling.demo import content
from labeling.demo.drawing import drawn_scene
from labeling.demo.drawing.canvas import LOOKS
from labeling.demo.kind_content import KindItem, load_kinds
from labeling.demo.kind_seed import seed_kinds
from labeling.demo.seed import seed_demo
from labeling.lead.agreement.report import agreement_report
from labeling.models import Assignment, Judgment, Picture, Region, Release, Response, Span, Task
from labeling.rating.leases import next_assignment
from labeling.releases.page import cutoff_panels
from labeling.releases.services import folder_of
from labeling.vocabulary import JobState
from projects.models import Membership, Project

NOW = datetime(2025, 5, 14, 15, 0, tzinfo=UTC)
ITEMS = [item for demo in load_kinds() for item in demo.items]


def test_every_project_has_a_guideline_in_full_and_enough_that_differs():
    for demo in load_kinds():
        assert 12 <= len(demo.items) <= 25, demo.key
        assert 250 <= len(demo.guideline.text.split()) <= 450, demo.key
        assert len(demo.guideline.principles) >= 3
    prompts = [item.prompt for item in ITEMS]
    assert len(set(prompts)) == len({item.id for item in ITEMS}) == len(prompts)
    responses = [r for item in ITEMS for r in item.responses]
    texts = [r.content for r in responses if not r.drawn]
    assert len(set(texts)) == len(texts)
    assert {r.model for r in responses if not r.drawn} == set(content.MODELS)


@pytest.mark.walk
def test_every_picture_is_drawn_the_same_each_time_and_like_no_other():
    drawn = [r for item in ITEMS for r in item.responses if r.drawn]
    assert {r.model for r in drawn} == set(LOOKS)
    assert all(r.picture and not r.content for r in drawn)
    asked = [(r.model, tuple(r.drawn.items())) for r in drawn]
    assert len(set(asked)) == len(asked)
    apples = next(r for r in drawn if r.drawn["scene"] == "apples")
    first, again = (drawn_scene(apples.model, apples.id, **apples.drawn) for _ in range(2))
    assert first == again
    assert first != drawn_scene("folio-1", apples.id, scene="apples")


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.id)
def test_what_may_be_marked_is_in_the_response(item: KindItem):
    for mark in item.marks:
        assert mark.quote in mark.wide
        assert mark.wide in item.responses[mark.response].content


def test_no_project_without_the_first_one(db):
    assert seed_kinds(now=NOW) == []


@pytest.fixture(scope="module")
def kinds(django_db_setup, django_db_blocker) -> Iterator[dict[str, Project]]:
    """The demo with all its projects, by kind; seeded once for this file."""
    with django_db_blocker.unblock(), transaction.atomic():
        seed_demo(now=NOW)
        made = seed_kinds(now=NOW)
        yield {demo.key: project for demo, project in zip(load_kinds(), made, strict=True)}
        transaction.set_rollback(True)


@pytest.mark.walk
@pytest.mark.slow
def test_each_is_seeded_once_with_its_people_work_to_see_and_work_to_do(db, kinds):
    assert seed_kinds(now=NOW) == []
    first = Project.objects.exclude(pk__in=[p.pk for p in kinds.values()]).get(is_demo=True)
    newest_first = Project.objects.order_by("-created_at").values_list("pk", flat=True)
    assert list(newest_first) == [first.pk, *(kinds[demo.key].pk for demo in load_kinds())]
    for kind, project in kinds.items():
        roles = Membership.objects.filter(project=project).values_list("user__email", "role")
        assert dict(roles) == {login.email: login.role for login in content.LOGINS}
        tasks = Task.objects.filter(project=project)
        complete = tasks.filter(open_slots=0).count()
        assert 0.5 < complete / tasks.count() < 0.95, kind
        for member in Membership.objects.filter(project=project).exclude(role="engineer"):
            assert isinstance(next_assignment(membership=member), Assignment), (kind, member)
        judgments = Judgment.objects.filter(project=project)
        times = list(judgments.order_by("pk").values_list("created_at", flat=True))
        assert times == sorted(times)
        project.refresh_from_db()
        assert project.created_at < times[0] < times[-1] < NOW
        release = Release.objects.get(project=project)
        assert release.state == JobState.DONE, release.error
        assert release.rows_out > 5


@pytest.mark.walk
@pytest.mark.slow
def test_raters_agree_as_people_do_and_the_hasty_one_least(db, kinds):
    shares = {}
    for kind, low, high in (
        ("rank", 0.5, 0.95),
        ("rate", 0.4, 0.9),
        ("rule", 0.7, 0.99),
        ("pictures", 0.2, 0.9),
    ):
        figures = next(iter(agreement_report(kinds[kind])["criteria"].values()))
        agreed = figures["percent_agreement"]
        shares[kind] = (agreed if "value" in agreed else agreed["exact"])["value"]
        assert low < shares[kind] < high, shares
        n_spans = Span.objects.filter(judgment__project=kinds[kind]).count()
        assert n_spans > 8 or kind == "pictures", kind
        said = Judgment.objects.filter(project=kinds[kind]).exclude(rationale="")
        assert len(set(said.values_list("rationale", flat=True))) == said.count() > 4


def rounded(figures: dict[str, Any]) -> Any:
    """Plain data without the last digits of its numbers."""
    return json.loads(json.dumps(figures), parse_float=lambda number: round(float(number), 9))


@pytest.mark.walk
@pytest.mark.slow
def test_a_release_has_the_figures_of_its_kind_that_the_lead_reads(db, kinds):
    for kind in ("rank", "rate", "rule"):
        (release,) = Release.objects.filter(project=kinds[kind])
        folder = folder_of(release)
        manifest = json.loads((folder / "manifest.json").read_bytes())
        released = manifest["agreement"]["criteria"]
        report = agreement_report(kinds[kind])["criteria"]
        assert released.keys() == report.keys(), kind
        for key, figures in released.items():
            of_lead = {name: report[key][name] for name in figures if name != "counts"}
            of_lead["counts"] = figures["counts"]
            assert rounded(figures) == rounded(of_lead)
        assert "| order: kendall tau |" in (folder / "README.md").read_text() or kind != "rank"
        panels = cutoff_panels(release.counts, release.options["criteria"])
        assert [key for key, _ in panels] == list(release.options["criteria"])
        assert all(len(cards) >= 3 for _, cards in panels)
    card = (folder / "README.md").read_text()
    assert "kept: principles, 1 Invent nothing, violation" in card


@pytest.mark.walk
@pytest.mark.slow
def test_every_picture_is_there_and_what_may_upset_is_said(db, kinds):
    project = kinds["pictures"]
    pictures = Picture.objects.filter(project=project)
    assert {(p.form, p.width, p.height) for p in pictures} == {("webp", 1024, 768)}
    assert len(pictures) == 32
    assert not pictures.filter(has_preview=True).exists(), "each is small enough as it was drawn"
    tasks = Task.objects.filter(project=project).select_related("prompt")
    assert [task.prompt.sensitivity for task in tasks if task.prompt.sensitivity] == [
        [{"topic": "a large spider", "severity": "mild"}]
    ]
    (release,) = Release.objects.filter(project=project)
    assert "images" in {path.name for path in folder_of(release).iterdir()}
    regions = Region.objects.filter(judgment__project=project)
    assert regions.count() > 8
    marked = agreement_report(project)["criteria"]["quality"]["regions"]
    assert marked["iou"]["n"] > 4
    # Where two saw the same fault, their boxes nearly cover each other.
    assert 0.5 < marked["iou"]["value"] / marked["marked_by_both"]["value"] < 0.95


@pytest.mark.walk
@pytest.mark.slow
def test_texts_were_approved_edited_and_sent_back_to_their_authors(db, kinds):
    reviews = Judgment.objects.filter(project=kinds["write"], task__reviews__isnull=False)
    decided = Counter(
        reviews.filter(answers__criterion__key="decision").values_list("answers__value", flat=True)
    )
    assert set(decided) == {0, 1, 2}
    texts = Response.objects.filter(judgment__project=kinds["write"])
    assert texts.filter(judgment__revises__isnull=False).exists(), "a second draft"
