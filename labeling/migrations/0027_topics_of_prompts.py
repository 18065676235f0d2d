"""The topics of a prompt, each with its severity, in place of one word that nobody wrote."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("labeling", "0026_texts_written")]

    operations = [
        migrations.RemoveField(model_name="prompt", name="sensitivity"),
        migrations.AddField(
            model_name="prompt",
            name="sensitivity",
            field=models.JSONField(blank=True, db_default=[], default=list),
        ),
    ]
