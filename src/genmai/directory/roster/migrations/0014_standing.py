"""What stands below a path on a day is read from the index of paths alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("roster", "0013_people_life")]

    operations = [
        migrations.AddIndex(
            model_name="link",
            index=models.Index(
                fields=["tree", "path"],
                include=("organisation", "valid_from", "valid_to"),
                name="link_standing",
                opclasses=["", "varchar_pattern_ops"],
            ),
        ),
        migrations.RemoveIndex(model_name="link", name="link_tree_path"),
    ]
