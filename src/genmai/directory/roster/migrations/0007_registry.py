"""Bringing whole registries in."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("roster", "0006_member_life")]

    operations = []
