"""Row security as the second wall."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cases", "0009_reach")]

    operations = []
