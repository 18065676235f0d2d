"""Releases: requested, watched, downloaded."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.http import Http404, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from labeling.datasets.splits import SPLITS
from labeling.models import Release
from labeling.models.openings import open_release
from labeling.releases.previews import preview_at_hand
from labeling.releases.requests import ReleaseOptions
from labeling.releases.selectors import find_release, releases_of
from labeling.releases.serializers import (
    ChoicesSerializer,
    NewReleaseSerializer,
    PreviewSerializer,
    RecipeOptionsSerializer,
    SharesSerializer,
    asked,
    choices_json,
)
from labeling.releases.services import (
    archived,
    cancel_release,
    file_of,
    open_file,
    request_release,
    retry_release,
)
from labeling.work.api import NOT_YET, JobSerializer, job_json, not_yet
from labeling.work.downloads import file_response, zip_response
from labeling.work.sending import send
from projects.access import require_row
from projects.api.replies import PAGE_PARAMETERS, paged, refusals
from projects.api.views import ApiView, page_reply
from projects.models import ApiKey
from projects.permissions import Action
from projects.sites import site_address

_TAGS = ["releases"]


class ReleaseFileSerializer(serializers.Serializer[Any]):
    """One file of a release."""

    name = serializers.CharField()
    size = serializers.IntegerField(help_text="Bytes.")
    sha256 = serializers.CharField(help_text="Also its ETag.")
    url = serializers.CharField()


class ReleaseSerializer(JobSerializer):
    """A release: the request, and once done its rows and hash."""

    id = None  # type: ignore[assignment]
    number = serializers.IntegerField(help_text="As on its page; its address ends in it.")
    recipe = serializers.CharField()
    format = serializers.CharField()
    file_type = serializers.CharField()
    criterion = serializers.CharField(help_text="The first of `criteria`.")
    criteria = serializers.ListField(child=serializers.CharField())
    file_per_criterion = serializers.BooleanField()
    options = RecipeOptionsSerializer()
    shares = SharesSerializer()
    licence = serializers.CharField(allow_blank=True)
    cutoff = serializers.IntegerField(help_text="The newest judgment that takes part.")
    rubric_version = serializers.IntegerField(
        allow_null=True, help_text="The version of the questions when it was asked for."
    )
    version = serializers.CharField(help_text="Of Concord.")
    rows_in = serializers.IntegerField()
    rows_out = serializers.IntegerField()
    sha256 = serializers.CharField(allow_blank=True, help_text="Of manifest.json.")


class ReleaseDetailSerializer(ReleaseSerializer):
    """A release with its counts (rows in, rows out and why) and files."""

    counts = serializers.DictField()
    files = ReleaseFileSerializer(many=True)


def release_json(row: Release) -> dict[str, Any]:
    """A release in a list."""
    shares = row.options.get("shares", ReleaseOptions().shares)
    job = job_json(row)
    del job["id"]  # the number says which one it is, on its page and in addresses
    return {
        **job,
        "number": row.number,
        "recipe": row.recipe,
        "format": row.format,
        "file_type": row.file_type,
        "criterion": row.options.get("criterion", ""),
        "criteria": row.options.get("criteria", [row.options.get("criterion", "")]),
        "file_per_criterion": row.options.get("file_per_criterion", False),
        "options": row.options.get("choices", {}),
        "shares": dict(zip(SPLITS, shares, strict=True)),
        "licence": row.options.get("licence", ""),
        "cutoff": row.cutoff,
        "rubric_version": row.rubric.number if row.rubric else None,
        "version": row.version,
        "rows_in": row.rows_in,
        "rows_out": row.rows_out,
        "sha256": row.sha256,
    }


def _detail(slug: str, row: Release) -> dict[str, Any]:
    return {
        **release_json(row),
        "counts": row.counts,
        "files": [
            {
                "name": file["name"],
                "size": file["size"],
                "sha256": file["sha256"],
                "url": site_address(
                    reverse("api:release-file", args=[slug, row.number, file["name"]])
                ),
            }
            for file in row.files
        ],
    }


class ReleaseView(ApiView):
    """A view of one release."""

    def find(self, slug: str, number: int) -> Release:
        """The release, for members who may see it; raises like `access`, and Http404."""
        project = self.access(slug, Action.SEE_RELEASES).project
        row = find_release(project, number)
        return require_row(row, _("There is no such release in this project."))


class Releases(ApiView):
    """The releases of a project."""

    @extend_schema(
        operation_id="list_releases",
        summary="Releases, newest first",
        tags=_TAGS,
        parameters=PAGE_PARAMETERS,
        responses={200: paged(ReleaseSerializer), **refusals(403, 404)},
    )
    def get(self, request: Request, slug: str) -> Response:
        """All releases of the project."""
        project = self.access(slug, Action.SEE_RELEASES).project
        return page_reply(self, releases_of(project), release_json)

    @extend_schema(
        operation_id="create_release",
        summary="Freeze a release",
        tags=_TAGS,
        request=NewReleaseSerializer,
        responses={
            202: OpenApiResponse(
                ReleaseDetailSerializer, description="Accepted; `Location` reports."
            ),
            **refusals(400, 403, 404),
        },
    )
    def post(self, request: Request, slug: str) -> Response:
        """Judgments up to now take part; a job writes the files. `Location` says how far it is."""
        access = self.access(slug, Action.RELEASE)
        wanted = asked(self.checked(NewReleaseSerializer))
        row = request_release(project=access.project, created_by=access.user, **wanted)
        send(row)
        location = reverse("api:release", args=[slug, row.number])
        return Response(_detail(slug, row), status=202, headers={"Location": location})


class ReleasePreview(ApiView):
    """What a release would hold."""

    scope = ApiKey.Scope.READ

    @extend_schema(
        operation_id="preview_release",
        summary="Rows in, rows out and why, without freezing anything",
        tags=_TAGS,
        request=NewReleaseSerializer,
        responses={200: PreviewSerializer, 202: NOT_YET, **refusals(400, 403, 404)},
    )
    def post(self, request: Request, slug: str) -> Response:
        """Counted by the code that builds; the body is that of a new release.

        A large project is counted in the background: 202 until it is done. Ask again within 20
        seconds, else the count is given up.
        """
        access = self.access(slug, Action.RELEASE)
        wanted = asked(self.checked(NewReleaseSerializer))
        hand = preview_at_hand(project=access.project, **wanted)
        # Counts of before would be taken for those of now.
        if hand.preview is None or hand.progress is not None:
            return not_yet(hand.progress)
        body = {**asdict(hand.preview), "counted_at": hand.counted_at}
        for name in ("dropped", "left_out", "shortened"):
            body[name] = [{"reason": reason, "rows": rows} for reason, rows in body[name]]
        return Response(body)


class ReleaseChoices(ApiView):
    """Recipes and formats."""

    @extend_schema(
        operation_id="list_release_choices",
        summary="Every recipe and format with its policy in words",
        tags=_TAGS,
        responses={200: ChoicesSerializer, **refusals(403, 404)},
    )
    def get(self, request: Request, slug: str) -> Response:
        """What `recipe`, `format` and `file_type` of a new release may be, and what fits what."""
        self.access(slug, Action.SEE_RELEASES)
        return Response(choices_json())


class OneRelease(ReleaseView):
    """One release."""

    @extend_schema(
        operation_id="read_release",
        summary="State, rows in, rows out and why, files with hashes",
        tags=_TAGS,
        responses={200: ReleaseDetailSerializer, **refusals(403, 404)},
    )
    def get(self, request: Request, slug: str, number: int) -> Response:
        """While it is built: its progress."""
        return Response(_detail(slug, self.find(slug, number)))


class ReleaseCancellation(ReleaseView):
    """The end of a release before its end."""

    @extend_schema(
        operation_id="cancel_release",
        summary="Cancel a release; it leaves no files",
        tags=_TAGS,
        request=None,
        responses={200: ReleaseDetailSerializer, **refusals(403, 404, 409)},
    )
    def post(self, request: Request, slug: str, number: int) -> Response:
        """One that is being built stops within seconds; 409 where it is over already."""
        access = self.access(slug, Action.RELEASE)
        cancel_release(release=self.find(slug, number), actor=access.user)
        return Response(_detail(slug, self.find(slug, number)))


class ReleaseRetry(ReleaseView):
    """Another try of a release."""

    @extend_schema(
        operation_id="retry_release",
        summary="Build a release that failed or was cancelled once more",
        tags=_TAGS,
        request=None,
        responses={202: ReleaseDetailSerializer, **refusals(403, 404, 409)},
    )
    def post(self, request: Request, slug: str, number: int) -> Response:
        """From the same frozen request. 409 where it is under way, or done."""
        access = self.access(slug, Action.RELEASE)
        row = self.find(slug, number)
        retry_release(release=row, actor=access.user)
        send(row)
        return Response(_detail(slug, self.find(slug, number)), status=202)


class ReleaseArchive(ReleaseView):
    """All files of a release."""

    @extend_schema(
        operation_id="download_release",
        summary="Download all files as one zip",
        tags=_TAGS,
        responses={(200, "application/zip"): OpenApiTypes.BINARY, **refusals(403, 404)},
    )
    def get(self, request: Request, slug: str, number: int) -> HttpResponseBase:
        """Made while it is sent; it cannot be resumed, single files can."""
        row = self.find(slug, number)
        root, names = require_row(archived(row), _("This release has no files."))
        open_release(release=row, person=self.user())
        return zip_response(request._request, root, names, name=f"{slug}-release-{number}.zip")


class ReleaseFile(ReleaseView):
    """One file of a release."""

    @extend_schema(
        operation_id="download_file",
        summary="Download a file, whole or in part",
        tags=_TAGS,
        parameters=[
            OpenApiParameter("name", str, OpenApiParameter.PATH, description="As listed."),
            OpenApiParameter("Range", str, OpenApiParameter.HEADER, description="`bytes=0-99`."),
            OpenApiParameter("If-Range", str, OpenApiParameter.HEADER, description="The ETag."),
            OpenApiParameter(
                "If-None-Match", str, OpenApiParameter.HEADER, description="The ETag."
            ),
        ],
        responses={
            (200, "application/octet-stream"): OpenApiTypes.BINARY,
            (206, "application/octet-stream"): OpenApiTypes.BINARY,
            304: OpenApiResponse(description="You have it: the ETag is the same."),
            **refusals(403, 404, 416),
        },
    )
    def get(self, request: Request, slug: str, number: int, name: str) -> HttpResponseBase:
        """Resume by `Range` with `If-Range`; the ETag is the file's sha256."""
        row = self.find(slug, number)
        listed = file_of(row, name)
        if listed is None:
            raise Http404(_("There is no such file in this release, or it is not done yet."))
        path, entry = listed
        open_file(row, entry, self.user())
        saved_as = name.rsplit("/", 1)[-1]
        reply = file_response(request._request, path, name=saved_as, etag=entry["sha256"])
        if reply.status_code == 416:
            body = {
                "code": "range_not_satisfiable",
                "message": _("The file has %(size)d bytes; ask for a part of those.")
                % {"size": entry["size"]},
                "fields": {},
            }
            return Response(body, status=416, headers=dict(reply.items()))
        return reply
