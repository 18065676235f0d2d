"""The same call at the same moment: still one judgment, one lease."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from labeling.models import Assignment, Judgment
from projects.models import Project, User
from tests.api.client import NEXT, CallAs, submit, take
from tests.conftest import MakeTasks

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(count: int, call: Callable[[], Any]) -> list[Any]:
    """Makes the same call from so many threads and returns the replies."""

    def in_thread() -> Any:
        try:
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return [future.result() for future in [pool.submit(in_thread) for _ in range(count)]]


@pytest.mark.parametrize("key", [None, "6f1c2c9e-5c1b-4c58-9d3a-0a6f4b1e7d20"])
def test_parallel_submissions_store_one_judgment(
    project: Project, rui: User, make_tasks: MakeTasks, api: CallAs, key: str | None
):
    make_tasks(project, 1)
    client = api(rui)
    assignment = take(client)
    replies = at_once(6, lambda: submit(client, assignment, 1, key=key))
    assert sorted(reply.status_code for reply in replies) == [200] * 5 + [201]
    assert len({reply.content for reply in replies}) == 1
    assert Judgment.objects.count() == 1


def test_parallel_requests_for_a_task_lease_one(
    project: Project, rui: User, make_tasks: MakeTasks, api: CallAs
):
    make_tasks(project, 3)
    client = api(rui)
    replies = at_once(6, lambda: client.post(NEXT))
    assert {reply.status_code for reply in replies} == {200}
    assert len({reply.json()["id"] for reply in replies}) == 1
    assert Assignment.objects.count() == 1
