"""What every view of the API begins with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from projects.access import Access, get_access
from projects.api.pagination import Pages
from projects.api.parsing import BoundedJsonParser
from projects.models import User
from projects.permissions import Action


class AlwaysJson(DefaultContentNegotiation):
    """Every reply is JSON, whatever is accepted; `?format=` stays free for our own use."""

    def select_renderer(
        self,
        request: Request,
        renderers: Iterable[BaseRenderer],
        format_suffix: str | None = None,
    ) -> tuple[BaseRenderer, str]:
        """The first renderer."""
        first = next(iter(renderers))
        return first, str(first.media_type)


class ApiView(APIView):
    """A view for logged-in users that reads small JSON bodies."""

    parser_classes: list[type[BaseParser]] = [BoundedJsonParser]
    content_negotiation_class = AlwaysJson

    def user(self) -> User:
        """Who asks; the permission classes have let nobody else in."""
        user = self.request.user
        if not isinstance(user, User):
            raise TypeError("This view is open to anonymous users; it has no user.")
        return user

    def access(self, slug: str, action: Action) -> Access:
        """The asker's access to a project; raises Http404 or PermissionDenied."""
        return get_access(self.user(), slug, action)

    def checked(self, serializer: type[Serializer[Any]]) -> dict[str, Any]:
        """The body's checked values; raises ValidationError naming the fields at fault."""
        bound = serializer(data=self.request.data)
        bound.is_valid(raise_exception=True)
        values: dict[str, Any] = bound.validated_data
        return values


def page_reply(view: APIView, rows: Any, to_json: Callable[[Any], object]) -> Response:
    """One page of `rows` (a query set or list), each turned to JSON by `to_json`."""
    return page_at_once(view, rows, lambda page: [to_json(row) for row in page])


def page_at_once(
    view: APIView, rows: Any, to_json: Callable[[list[Any]], Sequence[object]]
) -> Response:
    """One page of `rows`, turned to JSON as a whole: what belongs to all is read once."""
    pages = Pages()
    page: list[Any] = pages.paginate_queryset(rows, view.request, view=view) or []
    return pages.get_paginated_response(to_json(page))
