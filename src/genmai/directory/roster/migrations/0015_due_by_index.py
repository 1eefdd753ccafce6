"""Whose figures a change of particulars concerns is looked up person by person.

The plan of a trigger is made when it first fires and kept: in a registry that is still empty that is to read all places
through, and then for every slice of half a million members (8.8 s of 66). Within these functions the index is the way.
"""

from django.db import migrations

_INDEX_ALONE = "SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off"
_FUNCTIONS = ("tally_due_profile_insert", "tally_due_profile_update", "tally_due_profile_delete")
_SETTINGS = ("enable_seqscan", "enable_hashjoin", "enable_mergejoin")


class Migration(migrations.Migration):
    dependencies = [("roster", "0014_standing")]

    operations = [
        migrations.RunSQL(
            [(f"ALTER FUNCTION {name}() {_INDEX_ALONE}", None) for name in _FUNCTIONS],
            [(f"ALTER FUNCTION {name}() RESET {setting}", None) for name in _FUNCTIONS for setting in _SETTINGS],
        )
    ]
