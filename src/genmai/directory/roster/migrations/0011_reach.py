"""Indexes by which half a million members are reached: the organisations below a path, and people by what is typed.

Names are found by their beginning and by the characters they hold; both indexes stand in the database alone.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("roster", "0010_tally")]

    operations = [
        migrations.AddIndex(
            model_name="link",
            index=models.Index(
                condition=models.Q(("tree", "party"), ("valid_to__isnull", True)),
                fields=["path"],
                include=("organisation",),
                name="link_reach",
                opclasses=["varchar_pattern_ops"],
            ),
        ),
        migrations.AddIndex(
            model_name="link",
            index=models.Index(
                condition=models.Q(("tree", "party"), ("valid_to__isnull", False)),
                fields=["path"],
                include=("organisation",),
                name="link_reach_ended",
                opclasses=["varchar_pattern_ops"],
            ),
        ),
        migrations.RemoveIndex(model_name="profile", name="profile_initials"),
        migrations.AddIndex(
            model_name="profile",
            index=models.Index(
                fields=["initials", "letters"],
                name="profile_initials_letters",
                opclasses=["varchar_pattern_ops", "varchar_pattern_ops"],
            ),
        ),
        migrations.RunSQL(
            "CREATE INDEX person_name ON roster_person (display_name varchar_pattern_ops)", "DROP INDEX person_name"
        ),
        migrations.RunSQL(
            "CREATE INDEX person_name_characters ON roster_person USING gin (string_to_array(display_name, NULL))",
            "DROP INDEX person_name_characters",
        ),
    ]
