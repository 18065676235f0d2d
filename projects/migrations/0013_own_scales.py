"""Scales of a project's own, kept with their question."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("projects", "0012_edits_and_pasting")]

    operations = [
        migrations.AlterField(
            model_name="criterion",
            name="scale_key",
            field=models.CharField(max_length=40, verbose_name="scale"),
        ),
        migrations.AddField(
            model_name="criterion",
            name="own_scale",
            field=models.TextField(blank=True, db_default="", default="", editable=False),
        ),
    ]
