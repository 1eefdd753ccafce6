"""Flowing members."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("registers", "0002_procedures")]

    operations = []
