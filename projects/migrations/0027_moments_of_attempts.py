"""When an example of the quiz was answered is said by whoever notes it; the column stays."""

from __future__ import annotations

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("projects", "0026_stages")]

    operations = [
        migrations.AlterField(
            model_name="quizattempt",
            name="at",
            field=models.DateTimeField(default=django.utils.timezone.now),
        )
    ]
