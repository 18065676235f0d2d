"""Addresses of the API about tasks: read, decided, changed, withdrawn."""

from __future__ import annotations

from django.urls import path

from labeling.lead.tasks import api as tasks
from labeling.lead.withdrawals import api as withdrawals

urlpatterns = [
    path("projects/<slug:slug>/tasks/", tasks.Tasks.as_view(), name="tasks"),
    path("projects/<slug:slug>/tasks/<int:task_id>/", tasks.OneTask.as_view(), name="task"),
    path(
        "projects/<slug:slug>/tasks/<int:task_id>/votes/",
        tasks.OpenedVotes.as_view(),
        name="task-votes",
    ),
    path(
        "projects/<slug:slug>/tasks/<int:task_id>/adjudication/",
        tasks.Adjudication.as_view(),
        name="task-adjudication",
    ),
    path("projects/<slug:slug>/hides-votes/", tasks.VoteHiding.as_view(), name="hides-votes"),
    path(
        "projects/<slug:slug>/tasks/<int:task_id>/flags/<slug:flag>/resolution/",
        tasks.FlagResolved.as_view(),
        name="task-flag-resolution",
    ),
    path(
        "projects/<slug:slug>/tasks/<int:task_id>/settle/",
        tasks.ReportSettlements.as_view(),
        name="task-settle",
    ),
    path("projects/<slug:slug>/task-changes/", tasks.TaskChanges.as_view(), name="task-changes"),
    path(
        "projects/<slug:slug>/task-changes/<int:change_id>/",
        tasks.OneTaskChange.as_view(),
        name="task-change",
    ),
    path(
        "projects/<slug:slug>/task-changes/<int:change_id>/cancel/",
        tasks.TaskChangeCancellation.as_view(),
        name="task-change-cancel",
    ),
    path(
        "projects/<slug:slug>/tasks/<int:task_id>/withdraw/",
        withdrawals.TaskWithdrawal.as_view(),
        name="task-withdraw",
    ),
    path(
        "projects/<slug:slug>/tasks/<int:task_id>/put-back/",
        withdrawals.TaskReturn.as_view(),
        name="task-put-back",
    ),
    path(
        "projects/<slug:slug>/withdrawals/", withdrawals.Withdrawals.as_view(), name="withdrawals"
    ),
    path(
        "projects/<slug:slug>/withdrawals/<int:withdrawal_id>/",
        withdrawals.OneWithdrawal.as_view(),
        name="withdrawal",
    ),
    path(
        "projects/<slug:slug>/withdrawals/<int:withdrawal_id>/cancel/",
        withdrawals.WithdrawalCancellation.as_view(),
        name="withdrawal-cancel",
    ),
]
