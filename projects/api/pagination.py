"""Long lists, a page at a time."""

from __future__ import annotations

from urllib.parse import urlsplit

from rest_framework.pagination import PageNumberPagination

from projects.sites import site_address


class Pages(PageNumberPagination):
    """`?page=` from 1 and `?page_size=`; replies hold `count`, `next`, `previous`, `results`."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 500

    def get_next_link(self) -> str | None:
        """The next page's address, at CONCORD_URL."""
        return _at_site(super().get_next_link())

    def get_previous_link(self) -> str | None:
        """The previous page's address, at CONCORD_URL."""
        return _at_site(super().get_previous_link())


def _at_site(link: str | None) -> str | None:
    if link is None:
        return None
    parts = urlsplit(link)
    return site_address(f"{parts.path}?{parts.query}" if parts.query else parts.path)
