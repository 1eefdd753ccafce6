"""Second factors, lock-outs, unusual looks."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("access", "0001_initial")]

    operations = []
