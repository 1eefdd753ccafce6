"""Row security as the second wall: a matter, and what hangs on it, is given to who it reaches."""

from django.db import migrations

from genmai.kernel.walled.policy import CASES, ORGANISATIONS, Wall

OF_A_VISIBLE_CASE = "EXISTS (SELECT 1 FROM cases_case seen WHERE seen.id = {table}.case_id)"
HANGING = ("cases_caller", "cases_entry", "cases_attachment")


class Migration(migrations.Migration):
    dependencies = [("cases", "0009_reach"), ("access", "0003_walls")]

    operations = [
        Wall("cases_case", f"reach && {ORGANISATIONS} OR id = ANY({CASES}::bigint[])"),
        *(Wall(table, OF_A_VISIBLE_CASE.format(table=table)) for table in HANGING),
    ]
