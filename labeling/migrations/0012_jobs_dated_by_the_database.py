"""When a job was asked for is told by the database's clock: those of machines differ."""

from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):
    dependencies = [
        ("labeling", "0011_whose_folder"),
    ]

    operations = [
        migrations.AlterField(
            model_name=name,
            name="created_at",
            field=models.DateTimeField(db_default=Now()),
        )
        for name in ("import", "release")
    ]
