"""Tasks of rules: a kind more, and the one principle that such a task may be about."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("labeling", "0027_topics_of_prompts")]

    operations = [
        migrations.AlterField(
            model_name="task",
            name="kind",
            field=models.CharField(
                choices=[
                    ("compare", "Compare"),
                    ("rank", "Rank"),
                    ("rate", "Rate"),
                    ("rule", "Rule"),
                    ("write", "Write"),
                ],
                default="compare",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="task",
            name="principle_key",
            field=models.CharField(blank=True, db_default="", default="", max_length=20),
        ),
    ]
