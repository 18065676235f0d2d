"""Which responses say which model wrote them."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("labeling", "0029_notes_of_spans")]

    operations = [
        migrations.AddField(
            model_name="response",
            name="names_model",
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
    ]
