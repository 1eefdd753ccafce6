"""The organisations below the reader's grants as bits, kept in the session until the tree changes.

A district's statement put four thousand ids into a hash, once or twice each; now it looks at one bit a row. What is kept
carries the mark of the tree it was read from: the transaction that changed the tree last, so that every statement sees the
tree of its own moment. A change clears the changer's own session besides, and a rollback brings back what stood before it.
"""

from django.db import migrations

from genmai.kernel.walled.policy import HOUSE, PERSON

# One row. Whoever changes the tree holds it to the end of the transaction: changes of the tree come one after another.
_MARK = """
CREATE TABLE access_treemark (one boolean PRIMARY KEY DEFAULT true CHECK (one), changed_by xid8 NOT NULL);
CREATE FUNCTION genmai_tree_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('genmai.reach_of', '', false);
    INSERT INTO access_treemark AS mark (changed_by) VALUES (pg_current_xact_id())
    ON CONFLICT (one) DO UPDATE SET changed_by = excluded.changed_by WHERE mark.changed_by <> excluded.changed_by;
    RETURN NULL;
END $$;
CREATE TRIGGER tree_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON roster_link
    FOR EACH STATEMENT EXECUTE FUNCTION genmai_tree_changed();
CREATE TRIGGER tree_changed AFTER INSERT OR UPDATE OF closed_on OR DELETE OR TRUNCATE ON roster_organisation
    FOR EACH STATEMENT EXECUTE FUNCTION genmai_tree_changed();
"""
_NO_MARK = """
DROP TRIGGER tree_changed ON roster_organisation;
DROP TRIGGER tree_changed ON roster_link;
DROP FUNCTION genmai_tree_changed();
DROP TABLE access_treemark
"""
# Bit `id` is asked of an organisation: `get_bit` counts from the low end of each byte, `int8send` writes the high byte first.
# Some words more than there are organisations: a row looked at anew after another's commit may name one that is newer.
_REACH = """
CREATE FUNCTION genmai_reach() RETURNS bytea LANGUAGE plpgsql STABLE AS $$
DECLARE
    tree text := coalesce((SELECT changed_by::text FROM access_treemark), 'as it was') || ' '
        || coalesce(current_setting('genmai.paths', true), '');
    reach bytea;
BEGIN
    IF tree = current_setting('genmai.reach_of', true) THEN
        RETURN decode(current_setting('genmai.reach'), 'base64');
    END IF;
    SELECT string_agg(int8send(coalesce(held.bits, 0)), '' ORDER BY word) INTO reach
    FROM generate_series(0, (SELECT (coalesce(max(id), 0) >> 6) + 16 FROM roster_organisation)) AS word LEFT JOIN (
        SELECT id >> 6 AS word, bit_or(1::bigint << ((7 - ((id >> 3) & 7)) * 8 + (id & 7))::integer) AS bits
        FROM genmai_party_organisations() AS id GROUP BY 1
    ) AS held USING (word);
    PERFORM set_config('genmai.reach', encode(reach, 'base64'), false),
        set_config('genmai.reach_of', tree, false);
    RETURN reach;
END $$
"""
_POLICY = (
    "ALTER POLICY walled ON roster_membership USING"
    f" ({HOUSE} OR (SELECT genmai_whole_party()) OR {{reached}} OR person_id = {PERSON})"
)


class Migration(migrations.Migration):
    dependencies = [("access", "0005_whole_party"), ("roster", "0016_life_undone")]

    operations = [
        migrations.RunSQL([(_MARK, None)], [(_NO_MARK, None)]),
        migrations.RunSQL([(_REACH, None)], "DROP FUNCTION genmai_reach()"),
        migrations.RunSQL(
            [(_POLICY.format(reached="get_bit((SELECT genmai_reach()), branch_id)::boolean"), None)],
            [(_POLICY.format(reached="branch_id IN (SELECT genmai_party_organisations())"), None)],
        ),
    ]
