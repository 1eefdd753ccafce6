"""Row security as the second wall: members are given to who stands above them in the Party tree.

The organisations below the reader's grants are found by the index on paths once a statement, not row by row: as a literal
the range is planned for what it is. Whose grant heads the only Party tree there is reads without that (`/`).
"""

from django.db import migrations

from genmai.kernel.walled.policy import PATHS, PERSON, Wall

_FUNCTION = f"""
CREATE FUNCTION genmai_party_organisations() RETURNS SETOF bigint LANGUAGE plpgsql STABLE ROWS 300 AS $$
DECLARE head text;
BEGIN
    FOREACH head IN ARRAY coalesce({PATHS}, '{{}}'::text[]) LOOP
        RETURN QUERY EXECUTE format(
            'SELECT l.organisation_id FROM roster_link l JOIN roster_organisation o ON o.id = l.organisation_id'
            ' WHERE l.tree = ''party'' AND l.path LIKE %L AND (l.valid_to IS NULL OR o.closed_on = l.valid_to)',
            head || '%'
        );
    END LOOP;
END $$
"""
WHOLE_TREE = "(SELECT '/' = ANY(nullif(current_setting('genmai.paths', true), '')::text[]))"
MINE = f"person_id = {PERSON}"


class Migration(migrations.Migration):
    dependencies = [("access", "0002_security"), ("roster", "0004_members")]

    operations = [
        migrations.RunSQL([(_FUNCTION, None)], "DROP FUNCTION genmai_party_organisations()"),
        Wall(
            "roster_membership",
            f"{WHOLE_TREE} OR branch_id IN (SELECT genmai_party_organisations()) OR {MINE}",
        ),
        Wall(
            "roster_profile",
            f"{WHOLE_TREE} OR {MINE}"
            " OR EXISTS (SELECT 1 FROM roster_membership m WHERE m.person_id = roster_profile.person_id)",
        ),
    ]
