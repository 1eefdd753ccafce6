"""What has ended, and what came in when and where, read from an index alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0010_walls")]

    operations = [
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                fields=["state", "-received_at"],
                name="case_ended",
                include=["id", "reach"],
                condition=models.Q(state__in=("closed", "declined", "merged")),
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                fields=["received_at"],
                name="case_inflow",
                include=["id", "home", "category", "state", "excluded", "channel", "reach"],
            ),
        ),
        migrations.RemoveIndex(model_name="milestone", name="milestone_inbox"),
        migrations.AddIndex(
            model_name="milestone",
            index=models.Index(
                fields=["owner", "due_at"],
                name="milestone_inbox",
                include=["case", "missed_at"],
                condition=models.Q(state="running"),
            ),
        ),
        migrations.AddIndex(
            model_name="milestone",
            index=models.Index(
                fields=["case"],
                name="milestone_overdue",
                condition=models.Q(state="running", missed_at__isnull=False),
            ),
        ),
    ]
