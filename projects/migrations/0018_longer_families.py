"""Room for the name of a family of questions: no row is rewritten, and no index is built."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("projects", "0017_checks")]

    operations = [
        migrations.AlterField(
            model_name="criterion",
            name="family",
            field=models.CharField(db_default="preference", default="preference", max_length=20),
        ),
    ]
