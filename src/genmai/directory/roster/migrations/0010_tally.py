"""Figures of the membership kept ready, the triggers that say which of them are due, and the wall before them."""

import django.db.models.deletion
from django.db import migrations, models

from genmai.kernel.walled.policy import PATHS, Wall

# As the owner: the walls do not hide from it whose figures change. `stale` and `fresh` are the rows of one statement.
_FUNCTION = """
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO roster_tallydue (branch_id) {found};
    RETURN NULL;
END $$
"""
_TRIGGER = """
CREATE TRIGGER {name} AFTER {event} ON {table} REFERENCING {rows}
    FOR EACH STATEMENT EXECUTE FUNCTION {name}()
"""
_ROWS = {
    "insert": "NEW TABLE AS fresh",
    "update": "OLD TABLE AS stale NEW TABLE AS fresh",
    "delete": "OLD TABLE AS stale",
}
_FOUND = {
    "roster_membership": {
        "insert": "SELECT DISTINCT branch_id FROM fresh",
        "update": "SELECT branch_id FROM fresh UNION SELECT branch_id FROM stale",
        "delete": "SELECT DISTINCT branch_id FROM stale",
    },
    "roster_link": {
        "insert": "SELECT DISTINCT organisation_id FROM fresh WHERE tree = 'party'",
        "update": "SELECT organisation_id FROM fresh WHERE tree = 'party'"
        " UNION SELECT organisation_id FROM stale WHERE tree = 'party'",
        "delete": "SELECT DISTINCT organisation_id FROM stale WHERE tree = 'party'",
    },
    "roster_profile": {
        "insert": "SELECT DISTINCT m.branch_id FROM fresh JOIN roster_membership AS m USING (person_id)",
        "update": "SELECT DISTINCT m.branch_id FROM fresh AS f JOIN stale AS s USING (person_id)"
        " JOIN roster_membership AS m USING (person_id)"
        " WHERE (f.sex, f.born_on, f.ethnicity, f.education, f.occupation)"
        " IS DISTINCT FROM (s.sex, s.born_on, s.ethnicity, s.education, s.occupation)",
        "delete": "SELECT DISTINCT m.branch_id FROM stale JOIN roster_membership AS m USING (person_id)",
    },
}


def _triggers() -> list[migrations.RunSQL]:
    made = []
    for table, events in _FOUND.items():
        for event, found in events.items():
            name = f"tally_due_{table.removeprefix('roster_')}_{event}"
            trigger = _TRIGGER.format(name=name, event=event.upper(), table=table, rows=_ROWS[event])
            made.append(
                migrations.RunSQL(
                    [(_FUNCTION.format(name=name, found=found), None), (trigger, None)],
                    [(f"DROP TRIGGER {name} ON {table}", None), (f"DROP FUNCTION {name}()", None)],
                )
            )
    return made


WHOLE_TREE = "(SELECT '/' = ANY(nullif(current_setting('genmai.paths', true), '')::text[]))"
BELOW_MINE = f"EXISTS (SELECT FROM unnest({PATHS}) AS head WHERE starts_with(path, head))"


class Migration(migrations.Migration):
    dependencies = [("roster", "0009_centres")]

    operations = [
        migrations.CreateModel(
            name="TallyBook",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("known_at", models.DateTimeField(null=True)),
                ("layout", models.CharField(max_length=64)),
                ("asked_at", models.DateTimeField(null=True)),
                ("counted_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("day", "known_at"), name="tally_book_once", nulls_distinct=False
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Tally",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "book",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="rows",
                        to="roster.tallybook",
                    ),
                ),
                ("body_id", models.BigIntegerField()),
                ("parent_id", models.BigIntegerField(null=True)),
                ("path", models.CharField(max_length=200)),
                ("own", models.BooleanField()),
                ("counts", models.TextField()),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("own", False)), fields=["book", "parent_id"], name="tally_below"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("book", "body_id", "own", "path"), name="tally_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="TallyDue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("branch_id", models.BigIntegerField()),
            ],
        ),
        *_triggers(),
        Wall("roster_tally", f"{WHOLE_TREE} OR {BELOW_MINE}"),
    ]  # fmt: skip
