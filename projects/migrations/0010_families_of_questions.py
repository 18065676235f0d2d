"""Questions by family: of each family one may be the primary one."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("projects", "0009_principle_keys")]

    operations = [
        migrations.AddField(
            model_name="criterion",
            name="family",
            field=models.CharField(db_default="preference", default="preference", max_length=10),
        ),
        migrations.AddConstraint(
            model_name="criterion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_primary", True)),
                fields=("project", "family"),
                name="one_primary_a_family",
            ),
        ),
        migrations.RemoveConstraint(model_name="criterion", name="one_primary_criterion"),
    ]
