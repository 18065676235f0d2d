"""The ranking of models: golden figures, islands, ties, style, thin data, on page and by call."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone

from labeling.lead.ranking import report
from labeling.lead.ranking.downloads import matrix_csv
from labeling.models import Import, Prompt, Response, Task
from labeling.vocabulary import Purpose
from projects.models import Project, User
from tests.api.client import CallAs
from tests.lead.compared import Compared, compare_models

pytestmark = pytest.mark.django_db

ClientFor = Callable[[User], Client]

#: Wins and ties of three models, with strengths published for them (mean 0), ties left out and
#: as half wins.
WINS = {("A", "B"): (70, 30, 20), ("A", "C"): (80, 20, 10), ("B", "C"): (60, 40, 20)}
DROPPED = {"A": 0.7406, "B": -0.1491, "C": -0.5915}
HALVED = {"A": 0.6323, "B": -0.1207, "C": -0.5116}


@pytest.fixture
def golden(project: Project, rui: User) -> Project:
    """The project with these comparisons judged."""
    rows = [
        Compared(first, second, value, n)
        for (first, second), counts in WINS.items()
        for value, n in zip((-1, 1, 0), counts, strict=True)
    ]
    compare_models(project, rui, rows)
    return project


def read(api: CallAs, user: User, project: Project, **query: str) -> dict[str, Any]:
    """The reply of the call."""
    reply = api(user).get(f"projects/{project.slug}/models/?{urlencode(query)}")
    assert reply.status_code == 200, reply.content
    body: dict[str, Any] = reply.json()
    return body


def strengths(body: dict[str, Any]) -> dict[str, float]:
    return {line["model"]: line["strength"]["value"] for line in body["models"]}


def test_strengths_are_the_published_ones_with_ties_left_out_and_as_half_wins(
    golden: Project, lena: User, mia: User, api: CallAs
):
    dropped = read(api, mia, golden, ties="drop")
    assert strengths(dropped) == pytest.approx(DROPPED, abs=1e-3)
    halved = read(api, lena, golden)
    assert strengths(halved) == pytest.approx(HALVED, abs=1e-3)
    assert [line["model"] for line in halved["models"]] == ["A", "B", "C"]
    assert (halved["comparisons"], halved["tied"], halved["reason"]) == (350, 50, None)
    cells = {(cell["a"], cell["b"]): cell for cell in halved["matrix"]}
    assert cells["A", "B"]["win_rate"]["value"] == pytest.approx(80 / 120)
    assert cells["A", "B"]["win_rate"]["n"] == 120
    assert (cells["A", "B"]["wins"], cells["A", "B"]["ties"]) == (70, 20)
    for line in halved["models"]:
        figure = line["strength"]
        assert figure["low"] < figure["value"] < figure["high"]
        assert figure["n"] in (220, 230, 240)
    modelled = read(api, lena, golden, ties="davidson")
    assert "Davidson's model with ties" in modelled["method"]
    assert "ties as half wins" in halved["method"]
    assert strengths(modelled) != pytest.approx(HALVED, abs=1e-3)


def test_equal_models_of_which_one_writes_longer_are_equal_at_equal_length(
    project: Project, lena: User, rui: User, api: CallAs
):
    """57.2% raw and 50.0% controlled: five times the published counts."""
    longer, shorter = ("x" * 300, "x" * 200), ("x" * 200, "x" * 300)
    counts = ((longer, -1, 248), (longer, 1, 152), (shorter, -1, 38), (shorter, 1, 62))
    rows = [Compared("A", "B", value, n, texts) for texts, value, n in counts]
    compare_models(project, rui, rows)
    raw = read(api, lena, project)
    assert raw["models"][0]["win_rate"]["value"] == pytest.approx(0.572, abs=1e-3)
    equal = read(api, lena, project, style="controlled")
    assert equal["models"][0]["win_rate"]["value"] == pytest.approx(0.5, abs=1e-3)
    assert equal["effects"]["characters"]["value"] == pytest.approx(2.4477, abs=1e-3)
    assert equal["effects"]["headers"]["value"] is None
    assert "0 in every comparison" in equal["effects"]["headers"]["reason"]
    assert raw["length_only"]["value"] == pytest.approx((248 + 62) / 500)
    assert [line["group"] for line in raw["models"]] == ["a", "b"]
    assert [line["group"] for line in equal["models"]] == ["a", "a"]


def test_models_that_never_met_get_no_number_across_and_are_named(
    project: Project, lena: User, rui: User, api: CallAs, client_for: ClientFor
):
    pairs = (("ant", "bee"), ("cat", "dog"))
    rows = [Compared(a, b, value, n) for a, b in pairs for value, n in ((-1, 9), (1, 6))]
    compare_models(project, rui, rows)
    body = read(api, lena, project)
    assert "2 groups between which no strengths can be compared" in body["reason"]
    assert all(name in body["reason"] for name in ("ant", "bee", "cat", "dog"))
    assert [line["island"] for line in body["models"]] == [0, 0, 1, 1]
    assert strengths(body)["ant"] == pytest.approx(-strengths(body)["bee"])
    assert body["top"] is None
    assert {(cell["a"], cell["b"]) for cell in body["matrix"]} == set(pairs)
    page = client_for(lena).get(f"/p/{project.slug}/models/").content.decode()
    assert "There is no common order." in page
    assert "never met the others" in page
    assert "leads" not in page


def test_a_model_that_always_won_has_no_strength_and_is_named(
    project: Project, lena: User, rui: User, api: CallAs
):
    rows = [Compared("best", "b", -1, 12), Compared("best", "c", -1, 12)]
    rows += [Compared("b", "c", value, 10) for value in (-1, 1)]
    compare_models(project, rui, rows)
    body = read(api, lena, project)
    by_name = {line["model"]: line["strength"] for line in body["models"]}
    assert by_name["best"]["value"] is None
    assert by_name["best"]["reason"] == "best won every time: its strength has no finite estimate."
    assert by_name["b"]["value"] == pytest.approx(0)
    assert "best never lost to the others" in body["reason"]


def test_two_hundred_models_with_two_games_each_are_a_sentence(
    project: Project, lena: User, rui: User, api: CallAs, client_for: ClientFor
):
    rows = [Compared(f"m{i:03}", f"m{(i + 1) % 200:03}", (-1) ** i) for i in range(200)]
    compare_models(project, rui, rows)
    body = read(api, lena, project)
    assert body["models"] == body["matrix"] == []
    assert body["reason"].startswith("200 comparisons of 200 models are too few for an order")
    page = client_for(lena).get(f"/p/{project.slug}/models/").content.decode()
    assert "are too few for an order" in page


def test_only_ties_and_one_prompt_are_said_and_no_interval_is_made_up(
    project: Project, lena: User, rui: User, api: CallAs
):
    compare_models(project, rui, [Compared("a", "b", 0, 12, category="tied")])
    shared = [Compared("c", "d", v, n, category="one", prompt=1) for v, n in ((-1, 7), (1, 5))]
    compare_models(project, rui, shared)
    tied = read(api, lena, project, category="tied")
    assert [line["strength"]["value"] for line in tied["models"]] == [0, 0]
    assert all(line["strength"]["low"] is None for line in tied["models"])
    assert all(line["strength"]["reason"] for line in tied["models"])
    dropped = read(api, lena, project, category="tied", ties="drop")
    assert dropped["reason"]
    assert all(line["strength"]["value"] is None for line in dropped["models"])
    alone = read(api, lena, project, category="one")
    assert "it is over prompts and needs at least 2" in alone["models"][0]["strength"]["reason"]
    assert read(api, lena, project, category="none")["reason"]


def test_what_names_no_model_or_one_twice_is_left_out_and_counted(
    golden: Project, lena: User, rui: User, api: CallAs, client_for: ClientFor
):
    compare_models(golden, rui, [Compared("A", "", -1, 3), Compared("B", "B", 1, 2)])
    compare_models(golden, rui, [Compared("A", "rare", -1, 4)])
    body = read(api, lena, golden)
    left_out = {"unnamed": 3, "own": 2, "few": [{"model": "rare", "n": 4}]}
    assert body["left_out"] == left_out
    assert strengths(body) == pytest.approx(HALVED, abs=1e-3)
    page = client_for(lena).get(f"/p/{golden.slug}/models/").content.decode()
    assert "3 comparisons are left out" in page
    assert "fewer than 10 comparisons" in page


def test_a_withdrawn_task_and_gold_count_in_no_win_rate(
    golden: Project, lena: User, rui: User, api: CallAs
):
    before = read(api, lena, golden)["comparisons"]
    tasks = compare_models(golden, rui, [Compared("C", "A", -1, 20)])
    assert read(api, lena, golden)["comparisons"] == before + 20
    compare_models(golden, rui, [Compared("C", "A", -1, 20)], purpose=Purpose.GOLD)
    assert read(api, lena, golden)["comparisons"] == before + 20
    Task.objects.filter(pk__in=[task.pk for task in tasks]).update(
        withdrawn_at=golden.created_at, withdrawn_reason="x"
    )
    assert read(api, lena, golden)["comparisons"] == before


def test_the_first_sentence_says_which_is_better_and_how_sure(
    golden: Project, lena: User, rui: User, client_for: ClientFor
):
    client, address = client_for(lena), f"/p/{golden.slug}/models/"
    page = _plain(client.get(address).content.decode())
    assert "A is the best. Against B, A wins 68% (61% to 74%)." in page
    assert "A and B are told apart already." in page
    compare_models(golden, rui, [Compared("B", "A", -1, 45)])
    page = _plain(client.get(address).content.decode())
    assert "No single winner: A and B lead, and these data do not tell them apart." in page
    assert "decided comparisons of the two; there are 145." in page


def _plain(page: str) -> str:
    page = page.replace("\u2068", "").replace("\u2069", "")
    return " ".join(page.replace("<b>", "").replace("</b>", "").split())


def test_a_cell_is_filled_only_where_its_interval_clears_one_half(
    project: Project, lena: User, rui: User, client_for: ClientFor
):
    rows = [Compared("a", "b", value, n) for value, n in ((-1, 30), (1, 10))]
    rows += [Compared("b", "c", value, n) for value, n in ((-1, 11), (1, 9))]
    rows += [Compared("a", "c", value, n) for value, n in ((-1, 12), (1, 2))]
    compare_models(project, rui, rows)
    page = client_for(lena).get(f"/p/{project.slug}/models/").content.decode()
    table = page[page.index('class="crossed"') :]
    assert table.count('<td class="open">') == 2
    assert table.count('<td class="win strong-win">') == 2
    assert table.count('<td class="loss">') == 2
    assert table.count('<td class="self">') == 3


def test_of_many_models_neighbours_are_shown_and_names_are_only_text(
    project: Project, lena: User, rui: User, api: CallAs, client_for: ClientFor
):
    names = ["<script>alert(1)</script>", "=cmd()", *(f"m{i:02}" for i in range(12))]
    rows = [
        Compared(a, b, value, n)
        for place, a in enumerate(names)
        for b in names[place + 1 : place + 4]
        for value, n in ((-1, 4), (1, 2))
    ]
    compare_models(project, rui, rows)
    client, address = client_for(lena), f"/p/{project.slug}/models/"
    page = client.get(address).content.decode()
    assert "<script>alert" not in page
    assert "Neighbours" in page
    assert 'class="crossed"' not in page
    table = client.get(f"{address}ranking.csv").content.decode()
    models = [row["model"] for row in csv.DictReader(io.StringIO(table))]
    assert "'=cmd()" in models
    assert len(models) == 14
    body = read(api, lena, project)
    assert client.get(f"{address}ranking.json").json() == body
    crossed = csv.DictReader(io.StringIO(client.get(f"{address}matrix.csv").content.decode()))
    assert len(list(crossed)) == len(body["matrix"])
    drawing = client.get(f"{address}ranking.svg")
    assert drawing["Content-Type"] == "image/svg+xml"
    assert "<script" not in drawing.content.decode()
    assert "prefers-color-scheme" in drawing.content.decode()


def test_a_category_stands_in_the_order_of_the_page_however_many_models_there_are(
    project: Project, lena: User, rui: User, client_for: ClientFor
):
    """Where the last two meet in a category the last one wins more often there."""
    ladder = [f"m{number:02}" for number in range(33)]
    rows = [
        Compared(a, b, value, n, category="all")
        for a, b in pairwise(ladder)
        for value, n in ((-1, 9), (1, 3))
    ]
    rows += [Compared("m31", "m32", value, n, category="few") for value, n in ((-1, 5), (1, 6))]
    compare_models(project, rui, rows)
    page = client_for(lena).get(f"/p/{project.slug}/models/").content.decode()
    words = page.partition('id="category-1-desc">')[2].partition("</desc>")[0]
    assert words.index("m31 45%") < words.index("m32 55%")


def test_no_count_of_a_large_project_is_rounded_in_a_file():
    figure = {"value": 0.5, "low": 0.4, "high": 0.6, "n": 2_469_135}
    counts = {"wins": 1_234_567.0, "ties": 0.3333, "losses": 1_234_567.5}
    table = matrix_csv({"matrix": [{"a": "x", "b": "y", "win_rate": figure, **counts}]})
    assert table.splitlines()[1] == "x,y,0.5,0.4,0.6,2469135,1234567,0.3333,1234567.5"


def test_the_page_is_listed_where_two_known_models_were_compared_and_hidden_from_who_judges(
    project: Project, lena: User, vera: User, rui: User, client_for: ClientFor
):
    link = f'href="/p/{project.slug}/models/"'
    audit = f"/p/{project.slug}/audit/"
    assert link not in client_for(lena).get(audit).content.decode()
    compare_models(project, rui, [Compared("a", "a", 1), Compared("a", "", 1)])
    assert link not in client_for(lena).get(audit).content.decode()
    compare_models(project, rui, [Compared("a", "b", 1)])
    assert link in client_for(lena).get(audit).content.decode()
    tasks = f"/p/{project.slug}/tasks/"
    assert link not in client_for(vera).get(tasks).content.decode()
    assert client_for(vera).get(f"/p/{project.slug}/models/").status_code == 403


def test_a_large_project_is_computed_by_a_worker_and_shown_with_its_age(
    golden: Project,
    lena: User,
    rui: User,
    api: CallAs,
    client_for: ClientFor,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
):
    monkeypatch.setattr(report, "QUICK_RANKING", 100)
    client, address = client_for(lena), f"/p/{golden.slug}/models/"
    page = client.get(address).content.decode()
    assert "being computed for the first time" in page
    assert api(lena).get(f"projects/{golden.slug}/models/").status_code == 202
    with django_capture_on_commit_callbacks(execute=True):
        client.get(address)
    row = golden.reports.get(kind__startswith="ranking/")
    row.fingerprint, row.data = report.compute_figures_of_models(row)
    row.computed_at = golden.created_at
    row.save()
    assert strengths(read(api, lena, golden)) == pytest.approx(HALVED, abs=1e-3)
    compare_models(golden, rui, [Compared("A", "B", -1, 2)])
    page = client.get(address).content.decode()
    assert "2 judgments since then are not in these figures" in page


def test_figures_follow_what_an_import_names_anew(golden: Project, lena: User, api: CallAs):
    assert read(api, lena, golden)["categories"] == []
    Prompt.objects.filter(project=golden).update(category="code")
    Response.objects.filter(model="C").update(model="D")
    Import.objects.create(project=golden, created_by=lena, finished_at=timezone.now())
    anew = read(api, lena, golden)
    assert {line["model"] for line in anew["models"]} == {"A", "B", "D"}
    assert anew["categories"] == [{"name": "code", "n": 350}]


def test_a_question_that_compares_nothing_is_refused_by_name(
    golden: Project, lena: User, api: CallAs
):
    reply = api(lena).get(f"projects/{golden.slug}/models/?criterion=nothing")
    assert reply.status_code == 400
    assert "overall, correct" in reply.json()["message"]
    reply = api(lena).get(f"projects/{golden.slug}/models/?ties=maybe")
    assert reply.status_code == 400
