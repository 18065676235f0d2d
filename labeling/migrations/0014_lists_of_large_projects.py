"""Indexes for lists of large projects: tasks in their order, and the categories of prompts.

Built beside the work that goes on, without a lock on the tables.
"""

from __future__ import annotations

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("labeling", "0013_kept_reports")]

    operations = [
        AddIndexConcurrently(
            model_name="task",
            index=models.Index(fields=["project", "id"], name="task_in_order"),
        ),
        AddIndexConcurrently(
            model_name="prompt",
            index=models.Index(fields=["project", "category"], name="prompt_by_category"),
        ),
    ]
