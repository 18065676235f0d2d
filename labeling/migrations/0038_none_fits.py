"""Judgments for which none of the guideline's principles says what decided."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("labeling", "0037_chances")]

    operations = [
        migrations.AddField(
            model_name="judgment",
            name="none_fits",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="None of the guideline's principles says what decided it.",
            ),
        ),
    ]
