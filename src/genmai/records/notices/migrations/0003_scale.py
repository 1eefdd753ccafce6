from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notices", "0002_quiet_hours"), ("roster", "0001_initial")]

    operations = [
        # One's own notices, newest first, among millions of others'.
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                fields=["person", "-at"], name="notice_person_at", condition=models.Q(person__isnull=False)
            ),
        ),
    ]
