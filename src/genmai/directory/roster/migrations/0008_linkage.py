"""Pairs of records that may be one person."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("roster", "0007_registry")]

    operations = []
