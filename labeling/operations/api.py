"""The operator's page for programs: monitors, and whoever looks after many instances."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from labeling.operations.health import health
from labeling.operations.selectors import JobRow, overview
from labeling.operations.services import cancel_job
from labeling.operations.views import open_job, require_operator
from labeling.operations.warnings import warnings_of
from labeling.work.api import JobSerializer, job_json
from projects.api.replies import refusals
from projects.api.views import ApiView
from projects.exceptions import Conflict


class OperatorWarningSerializer(serializers.Serializer[Any]):
    """Something to see to."""

    sentence = serializers.CharField()
    is_bad = serializers.BooleanField(help_text="Whether it stops people now.")


class ProcessSerializer(serializers.Serializer[Any]):
    """A process and its last sign of life."""

    name = serializers.CharField()
    kind = serializers.CharField()
    host = serializers.CharField()
    pid = serializers.IntegerField()
    memory = serializers.IntegerField(help_text="Bytes.")
    started_at = serializers.DateTimeField()
    seen_at = serializers.DateTimeField()
    is_silent = serializers.BooleanField()


class ListedJobSerializer(JobSerializer):
    """A job that waits, runs or failed within seven days."""

    kind = serializers.CharField()
    name = serializers.CharField()
    project = serializers.CharField()


class OperationsSerializer(serializers.Serializer[Any]):
    """How an instance is; sizes in bytes."""

    version = serializers.CharField()
    schema = serializers.CharField(help_text="The newest migration.")
    parts = serializers.DictField(child=serializers.CharField())
    warnings = OperatorWarningSerializer(many=True)
    disk_total = serializers.IntegerField()
    disk_free = serializers.IntegerField()
    database_size = serializers.IntegerField()
    messages_waiting = serializers.IntegerField(allow_null=True)
    job_counts = serializers.DictField(child=serializers.IntegerField())
    jobs = ListedJobSerializer(many=True)
    processes = ProcessSerializer(many=True)
    backup_at = serializers.DateTimeField(allow_null=True)


def _listed(row: JobRow) -> dict[str, Any]:
    return {
        **job_json(row.job),
        "kind": row.kind,
        "name": row.name,
        "project": row.job.project.slug,
    }


class CancelListedJob(ApiView):
    """For operators; 404 for everybody else."""

    @extend_schema(
        operation_id="cancel_listed_job",
        summary="Cancel any job of this instance",
        tags=["operations"],
        request=None,
        responses={202: JobSerializer, **refusals(404, 409)},
    )
    def post(self, request: Request, kind: str, job_id: int) -> Response:
        """Stops it for good; 409 where it is over already."""
        require_operator(self.user())
        job = open_job(kind, job_id)
        if not cancel_job(job, actor=self.user()):
            raise Conflict(_("This job is over already."))
        job.refresh_from_db()
        return Response(job_json(job), status=202)


class Operations(ApiView):
    """For operators; 404 for everybody else."""

    @extend_schema(
        operation_id="read_operations",
        summary="How this instance is, for its operators",
        tags=["operations"],
        responses={200: OperationsSerializer, **refusals(404)},
    )
    def get(self, request: Request) -> Response:
        """How this instance is: what to see to, processes, jobs, room."""
        require_operator(self.user())
        now = overview()
        return Response(
            {
                "version": now.version,
                "schema": now.schema.newest,
                "parts": health().parts,
                "warnings": [asdict(warning) for warning in warnings_of(now)],
                "disk_total": now.disk.total,
                "disk_free": now.disk.free,
                "database_size": now.database_size,
                "messages_waiting": now.messages_waiting,
                "job_counts": now.job_counts,
                "jobs": [_listed(row) for row in now.jobs],
                "processes": [asdict(row) for row in now.processes],
                "backup_at": now.backup_at,
            }
        )
