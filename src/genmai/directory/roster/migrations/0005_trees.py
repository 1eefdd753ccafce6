"""Dated names and restructurings."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("roster", "0004_members")]

    operations = []
