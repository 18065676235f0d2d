"""Whether what an erased person wrote as responses goes too; no row is touched."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds a column with a default of the database."""

    dependencies = [("labeling", "0031_turns_of_conversations")]

    operations = [
        migrations.AddField(
            model_name="texterasing",
            name="takes_written",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
