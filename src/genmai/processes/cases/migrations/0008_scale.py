from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0007_emergency")]

    operations = [
        # The board (reports.board.standing): open matters and their running limits, read from the index alone.
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                fields=["id"],
                name="case_open",
                include=["state", "level", "category", "lead", "holder", "reopens", "received_at", "reach"],
                condition=~models.Q(state__in=("closed", "declined", "merged")),
            ),
        ),
        migrations.AddIndex(
            model_name="milestone",
            index=models.Index(
                fields=["case"],
                name="milestone_running",
                include=["missed_at", "due_at", "warn_at"],
                condition=models.Q(state="running"),
            ),
        ),
    ]
