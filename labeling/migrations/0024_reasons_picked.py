"""The reasons that raters picked, by their codes."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("labeling", "0023_who_withdrew")]

    operations = [
        migrations.AddField(
            model_name="judgment",
            name="reasons",
            field=models.JSONField(blank=True, db_default=[], default=list),
        ),
        migrations.AddField(
            model_name="lateanswer",
            name="reasons",
            field=models.JSONField(blank=True, db_default=[], default=list),
        ),
    ]
