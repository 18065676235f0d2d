"""When something of a stage was answered or decided is said by whoever notes it; no column changes."""

from __future__ import annotations

import django.utils.timezone
from django.db import migrations, models


def _moment(model: str) -> migrations.AlterField:
    field = models.DateTimeField(default=django.utils.timezone.now)
    return migrations.AlterField(model_name=model, name="at", field=field)


class Migration(migrations.Migration):
    dependencies = [("labeling", "0056_told_what_is_right")]

    operations = [_moment("stageanswer"), _moment("stagedecision")]
