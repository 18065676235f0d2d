"""What imports and releases have in common as jobs."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers
from rest_framework.response import Response

from labeling.models import Job
from labeling.vocabulary import JobState
from labeling.work.kept import Progress
from labeling.work.limits import given_up_at

#: Named in the OpenAPI document by settings.SPECTACULAR_SETTINGS.
JOB_STATES = list(JobState)


class JobProgressSerializer(serializers.Serializer[Any]):
    """How far a job is."""

    done = serializers.IntegerField()
    total = serializers.IntegerField()
    percent = serializers.IntegerField()


class JobSerializer(serializers.Serializer[Any]):
    """A long piece of work; ask again until `state` is `done`, `failed` or `cancelled`."""

    id = serializers.IntegerField()
    state = serializers.ChoiceField(choices=JOB_STATES)
    progress = JobProgressSerializer()
    error = serializers.CharField(allow_blank=True, help_text="Why it failed.")
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    progress_at = serializers.DateTimeField(allow_null=True, help_text="When it got further.")
    given_up_at = serializers.DateTimeField(
        allow_null=True, help_text="While it runs: when it is given up unless it gets further."
    )
    cancel_requested_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)


def job_json(job: Job) -> dict[str, Any]:
    """State, progress and times of a job."""
    return {
        "id": job.pk,
        "state": job.state,
        "progress": {
            "done": job.progress_done,
            "total": job.progress_total,
            "percent": job.percent,
        },
        "error": job.error,
        "created_at": job.created_at,
        "started_at": job.started_at,
        "progress_at": job.progress_at,
        "given_up_at": given_up_at(job),
        "cancel_requested_at": job.cancel_requested_at,
        "finished_at": job.finished_at,
    }


class NotYetSerializer(serializers.Serializer[Any]):
    """What is asked for is being computed: ask again after `Retry-After` seconds."""

    code = serializers.ChoiceField(choices=["being_computed", "not_computed"])
    message = serializers.CharField()
    percent = serializers.IntegerField()


NOT_YET = OpenApiResponse(NotYetSerializer, description="Being computed; ask again.")


def not_yet(progress: Progress | None) -> Response:
    """The reply where a worker has yet to compute what is asked for; who asks again keeps it up."""
    failed = progress is not None and progress.has_failed
    message = (
        _("It could not be computed. The log says why; it is tried again in a few minutes.")
        if failed
        else _("It is being computed. Ask again in a few seconds.")
    )
    body = {
        "code": "not_computed" if failed else "being_computed",
        "message": message,
        "percent": progress.percent if progress else 0,
    }
    return Response(body, status=202, headers={"Retry-After": "600" if failed else "3"})
