"""Transfers, honours, discipline, dues."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("roster", "0005_trees")]

    operations = []
