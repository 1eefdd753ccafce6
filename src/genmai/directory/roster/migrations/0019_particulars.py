"""People by several particulars at once are found in one index: each of its first columns has few values to skip through.

Where nobody is what is asked for (students of seventy), everybody's particulars were read to say so.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("roster", "0018_asked_together")]

    operations = [
        migrations.AddIndex(
            "profile",
            models.Index(
                fields=["occupation", "education", "sex", "ethnicity", "born_on", "person"], name="profile_particulars"
            ),
        ),
    ]
