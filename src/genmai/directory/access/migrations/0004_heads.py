"""The organisations below the reader's grants, found by an index that holds all that is asked of it.

What was a join over every organisation below is a range of `link_reach`; the few that are closed are looked up in theirs.
It follows today's tree by itself: a branch that moves is reached by its new superiors with the next statement.
"""

from django.db import migrations

from genmai.kernel.walled.policy import PATHS

_FUNCTION = """
CREATE OR REPLACE FUNCTION genmai_party_organisations() RETURNS SETOF bigint LANGUAGE plpgsql STABLE ROWS 300 AS $$
DECLARE head text;
BEGIN
    FOREACH head IN ARRAY coalesce({paths}, '{{}}'::text[]) LOOP
{below}
    END LOOP;
END $$
"""
# '/' is followed by '0': the range holds whatever begins with the head, which ends with '/'.
_RANGE = "l.tree = 'party' AND l.path ~>=~ head AND l.path ~<~ (left(head, -1) || '0')"
_NOW = f"""        RETURN QUERY SELECT l.organisation_id FROM roster_link l WHERE {_RANGE} AND l.valid_to IS NULL;
        RETURN QUERY SELECT l.organisation_id FROM roster_link l
            JOIN roster_organisation o ON o.id = l.organisation_id AND o.closed_on = l.valid_to
            WHERE {_RANGE} AND l.valid_to IS NOT NULL;"""  # noqa: S608
_BEFORE = """        RETURN QUERY EXECUTE format(
            'SELECT l.organisation_id FROM roster_link l JOIN roster_organisation o ON o.id = l.organisation_id'
            ' WHERE l.tree = ''party'' AND l.path LIKE %L AND (l.valid_to IS NULL OR o.closed_on = l.valid_to)',
            head || '%'
        );"""


class Migration(migrations.Migration):
    dependencies = [("access", "0003_walls"), ("roster", "0011_reach")]

    operations = [
        migrations.RunSQL(
            [(_FUNCTION.format(paths=PATHS, below=_NOW), None)], [(_FUNCTION.format(paths=PATHS, below=_BEFORE), None)]
        ),
    ]
