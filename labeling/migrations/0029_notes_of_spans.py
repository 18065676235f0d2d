"""What raters say of the passages that they mark, and those of answers that came late."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("labeling", "0028_rule_tasks")]

    operations = [
        migrations.AddField(
            model_name="span",
            name="note",
            field=models.CharField(blank=True, db_default="", default="", max_length=500),
        ),
        migrations.AddField(
            model_name="lateanswer",
            name="spans",
            field=models.JSONField(blank=True, db_default=[], default=list),
        ),
    ]
