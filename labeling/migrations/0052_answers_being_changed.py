"""When an answer was opened to be changed: it stands until another one is submitted."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("labeling", "0042_notes_to_raters")]

    operations = [
        migrations.AddField(
            model_name="assignment",
            name="reopened_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
