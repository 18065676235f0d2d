"""Whether somebody looked at the votes of a task or was told what is right: a column with a default."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("labeling", "0055_profiles")]

    operations = [
        migrations.AddField(
            model_name="taskopening",
            name="is_told",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
