"""Who stands at the one root of the Party tree reaches all of it: no list of 32,000 organisations is made to say so.

Asked once a statement and answered by both ends of an index: where the lowest and the highest path begin with a head, all
do. What ended is looked at too, so that whoever is let through here would also be let through organisation by organisation.
"""

from django.db import migrations

from genmai.kernel.walled.policy import HOUSE, PERSON

_FUNCTION = """
CREATE FUNCTION genmai_whole_party() RETURNS boolean LANGUAGE plpgsql STABLE AS $$
DECLARE
    heads text[] := nullif(current_setting('genmai.paths', true), '')::text[];
    lowest text;
    highest text;
BEGIN
    IF heads IS NULL OR '/' = ANY(heads) THEN
        RETURN heads IS NOT NULL;
    END IF;
    IF NOT EXISTS (SELECT FROM unnest(heads) AS head WHERE head ~ '^/[^/]+/$') THEN
        RETURN false;
    END IF;
    SELECT path INTO lowest FROM roster_link WHERE tree = 'party' ORDER BY path USING ~<~ LIMIT 1;
    SELECT path INTO highest FROM roster_link WHERE tree = 'party' ORDER BY path USING ~>~ LIMIT 1;
    RETURN EXISTS (SELECT FROM unnest(heads) AS head WHERE starts_with(lowest, head) AND starts_with(highest, head));
END $$
"""
_BEFORE = "(SELECT '/' = ANY(nullif(current_setting('genmai.paths', true), '')::text[]))"
_POLICIES = (
    "ALTER POLICY walled ON roster_membership USING"
    " ({house} OR {whole} OR branch_id IN (SELECT genmai_party_organisations()) OR person_id = {person})",
    "ALTER POLICY walled ON roster_profile USING ({house} OR {whole} OR person_id = {person}"
    " OR EXISTS (SELECT 1 FROM roster_membership m WHERE m.person_id = roster_profile.person_id))",
)


def _policies(whole: str) -> list[str]:
    return [policy.format(house=HOUSE, whole=whole, person=PERSON) for policy in _POLICIES]


class Migration(migrations.Migration):
    dependencies = [("access", "0004_heads"), ("roster", "0014_standing")]

    operations = [
        migrations.RunSQL([(_FUNCTION, None)], "DROP FUNCTION genmai_whole_party()"),
        migrations.RunSQL(
            [(policy, None) for policy in _policies("(SELECT genmai_whole_party())")],
            [(policy, None) for policy in _policies(_BEFORE)],
        ),
    ]
