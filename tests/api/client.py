"""A program that talks to the API with a token."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from projects.models import User
from projects.services.keys import create_api_key

NEXT = "projects/support-answers/next/"


class Api:
    """Calls the API as one user (or as nobody) and speaks JSON."""

    def __init__(self, user: User | None) -> None:
        token = create_api_key(user=user, name="test").token if user else ""
        headers = {"Authorization": f"Token {token}"} if token else {}
        self.client = Client(headers=headers, raise_request_exception=False)

    def get(self, path: str, **options: Any) -> Any:
        """GET below /api/v1/."""
        return self.client.get(f"/api/v1/{path}", **options)

    def post(self, path: str, body: Any = None, **options: Any) -> Any:
        """POST below /api/v1/, a JSON body unless `content_type` says otherwise."""
        options.setdefault("content_type", "application/json")
        data = {} if body is None else body
        return self.client.post(f"/api/v1/{path}", data, **options)

    def patch(self, path: str, body: Any) -> Any:
        """PATCH below /api/v1/, a JSON body."""
        return self.client.patch(f"/api/v1/{path}", body, content_type="application/json")

    def put(self, path: str, body: Any) -> Any:
        """PUT below /api/v1/, a JSON body."""
        return self.client.put(f"/api/v1/{path}", body, content_type="application/json")

    def delete(self, path: str) -> Any:
        """DELETE below /api/v1/."""
        return self.client.delete(f"/api/v1/{path}")


CallAs = Callable[[User | None], Api]


@pytest.fixture
def api(db: None) -> CallAs:
    """Makes the API client of a user; None is an anonymous one."""
    return Api


def take(api: Api) -> int:
    """Leases the next task and returns the assignment's id."""
    reply = api.post(NEXT)
    assert reply.status_code == 200, reply.content
    return int(reply.json()["id"])


def submit(api: Api, assignment: int, overall: int = -1, query: str = "", **fields: Any) -> Any:
    """Submits a judgment; `overall` has the sign of the order shown."""
    body = {"answers": {"overall": overall}, **fields}
    return api.post(f"assignments/{assignment}/judgment/{query}", body)
