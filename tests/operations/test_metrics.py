"""Figures for Prometheus: added up from what every process wrote, for whoever knows the token."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.test.utils import override_settings

from labeling.models import Heartbeat
from labeling.operations.metrics import request_counts
from labeling.work.heartbeats import beat
from projects.models import Project
from tests.conftest import MakeTasks, judge, lease


def test_without_the_token_there_is_nothing(db: None, settings: Any):
    assert Client(headers={"Authorization": "Bearer "}).get("/metrics").status_code == 404
    settings.METRICS_TOKEN = "s3cret"
    for header in ("", "Bearer", "Bearer wrong", "Token s3cret"):
        assert Client(headers={"Authorization": header}).get("/metrics").status_code == 404


def test_figures_of_all_processes_stand_in_one_answer(
    project: Project, rui: Any, make_tasks: MakeTasks, settings: Any
):
    make_tasks(project, 1)
    pk = judge(rui, lease(rui, project)).judgment.pk
    counts: dict[str, Any] = {
        "requests": {'GET 200 p/<slug:slug>/"x"/': 3},
        "durations": {"0.05": 2, "+Inf": 1},
        "seconds": 12.5,
    }
    beat(Heartbeat.Kind.WEB, name="a:1", **counts)
    beat(Heartbeat.Kind.WEB, name="b:1", **request_counts())
    settings.METRICS_TOKEN = "s3cret"
    with override_settings(ALLOWED_HOSTS=[]):
        client = Client(headers={"Authorization": "Bearer s3cret", "host": "10.0.0.1:8000"})
        reply = client.get("/metrics")
        assert reply.headers["Cache-Control"] == "no-store"
    assert reply.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    lines = reply.content.decode().splitlines()
    for line in (
        "# TYPE concord_request_seconds histogram",
        'concord_requests_total{process="web:a:1",method="GET",status="200",'
        'route="p/<slug:slug>/\\"x\\"/"} 3',
        'concord_request_seconds_bucket{process="web:a:1",le="0.05"} 2',
        'concord_request_seconds_bucket{process="web:a:1",le="10.0"} 2',
        'concord_request_seconds_bucket{process="web:a:1",le="+Inf"} 3',
        'concord_request_seconds_count{process="web:a:1"} 3',
        'concord_request_seconds_sum{process="web:a:1"} 12.5',
        'concord_part_ok{part="database"} 1',
        'concord_jobs{state="pending"} 0',
        f"concord_judgments_total{{}} {pk}",
    ):
        assert line in lines, line
    names = [line.split(" ")[2] for line in lines if line.startswith("# TYPE")]
    assert len(names) == len(set(names)) == 12


def test_a_request_is_counted_by_its_pattern(db: None):
    before = request_counts()["requests"]
    Client().get("/invitation/secret-token/")
    after = request_counts()["requests"]
    assert isinstance(before, dict)
    assert isinstance(after, dict)
    (key,) = [key for key in after if after[key] != before.get(key)]
    assert key == "GET 410 invitation/<str:token>/"


@pytest.mark.parametrize("method", ["get", "post"])
def test_metrics_change_nothing(db: None, settings: Any, method: str):
    settings.METRICS_TOKEN = "s3cret"
    reply = getattr(Client(headers={"Authorization": "Bearer s3cret"}), method)("/metrics")
    assert reply.status_code == {"get": 200, "post": 405}[method]
