"""Why a comparison failed; members found by the day they were born, for whom a visit or a registration tells of.

The index stands in the database alone, as those of names do (roster 0011): it belongs to the looking, not to the model.
"""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("registers", "0004_checklists"),
        ("roster", "0014_standing"),
    ]

    operations = [
        migrations.AddField(
            model_name="listevent",
            name="reason",
            field=models.CharField(blank=True, db_default="", default="", max_length=12),
        ),
        migrations.RunSQL("CREATE INDEX profile_born ON roster_profile (born_on)", "DROP INDEX profile_born"),
    ]
