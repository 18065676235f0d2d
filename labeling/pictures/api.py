"""A picture, at one address for pages and programs; for members alone."""

from __future__ import annotations

from functools import partial

from django.core.files.storage import default_storage
from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request

from labeling.models import Picture
from labeling.pictures.selectors import (
    FULL,
    PICTURE_HEADERS,
    PREVIEW,
    SIZES,
    THUMBNAIL,
    find_picture,
    stored_name,
)
from labeling.work.downloads import ranged_response
from projects.access import require_row
from projects.api.replies import refusals
from projects.api.views import ApiView
from projects.permissions import Action


class OnePicture(ApiView):
    """A picture of a prompt or a response."""

    @extend_schema(
        operation_id="read_picture",
        summary="A picture, whole or in part",
        tags=["rating"],
        parameters=[
            OpenApiParameter(
                "sha256", str, OpenApiParameter.PATH, description="As a task's `images` name it."
            ),
            OpenApiParameter(
                "size",
                str,
                OpenApiParameter.PATH,
                enum=SIZES,
                description="`full` as it is kept, `preview` at most 1200 pixels along a side, "
                "`thumbnail` 256.",
            ),
            OpenApiParameter("Range", str, OpenApiParameter.HEADER, description="`bytes=0-99`."),
            OpenApiParameter(
                "If-None-Match", str, OpenApiParameter.HEADER, description="The ETag."
            ),
        ],
        responses={
            (200, "image/webp"): OpenApiTypes.BINARY,
            (206, "image/webp"): OpenApiTypes.BINARY,
            304: OpenApiResponse(description="You have it: the ETag is the same."),
            **refusals(403, 404, 416),
        },
    )
    def get(self, request: Request, slug: str, sha256: str, size: str) -> HttpResponseBase:
        """PNG or WebP, for members; it never changes, so keep it."""
        project = self.access(slug, Action.SEE).project
        sentence = _("There is no such picture in this project.")
        known = find_picture(project, sha256) if size in SIZES else None
        picture = require_row(known, sentence)
        suffix = _suffix(picture, size)
        name = stored_name(picture.project_id, picture.sha256, suffix)
        require_row(default_storage.exists(name) or None, sentence)
        opened = partial(default_storage.open, name)
        kind = suffix.rsplit(".", 1)[-1]
        headers = {
            "Content-Type": f"image/{kind}",
            "Content-Disposition": f'inline; filename="{sha256[:16]}.{kind}"',
            **PICTURE_HEADERS,
        }
        etag = f"{sha256[:32]}-{suffix}"
        n_bytes = default_storage.size(name)
        return ranged_response(request._request, opened, n_bytes, etag=etag, headers=headers)


def _suffix(picture: Picture, size: str) -> str:
    """How the file of that size ends; a small picture is its own smaller one."""
    is_smaller = {PREVIEW: picture.has_preview, THUMBNAIL: picture.has_thumbnail, FULL: False}
    return f"{size}.webp" if is_smaller[size] else picture.form
