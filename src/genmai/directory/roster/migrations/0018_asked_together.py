"""Whom keys, particulars and places in a branch refer to is asked once a statement; two indexes that none needs go.

A branch's members stand in `membership_branch_from` too; of persons that were never merged into another nothing is
looked up. Half a million members coming in write 27 indexes; see the ADR references-asked-together.
"""

import django.db.models.deletion
from django.db import migrations, models

from genmai.kernel.references import References

_KEPT = {"db_constraint": False, "on_delete": django.db.models.deletion.PROTECT}


class Migration(migrations.Migration):
    dependencies = [("roster", "0017_industries")]

    operations = [
        migrations.AlterField(
            "personkey", "person",
            models.OneToOneField(
                primary_key=True, related_name="sealing_key", serialize=False, to="roster.person", **_KEPT
            ),
        ),
        migrations.AlterField(
            "profile", "person",
            models.OneToOneField(
                primary_key=True, related_name="profile", serialize=False, to="roster.person", **_KEPT
            ),
        ),
        migrations.AlterField(
            "membership", "person", models.ForeignKey(related_name="memberships", to="roster.person", **_KEPT)
        ),
        migrations.AlterField(
            "membership", "branch",
            models.ForeignKey(db_index=False, related_name="memberships", to="roster.organisation", **_KEPT),
        ),
        References("roster_personkey", {"person_id": "roster_person"}),
        References("roster_profile", {"person_id": "roster_person"}),
        References("roster_membership", {"person_id": "roster_person", "branch_id": "roster_organisation"}),
        migrations.AlterField(
            "person", "merged_into",
            models.ForeignKey(
                db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="absorbed",
                to="roster.person",
            ),
        ),
        migrations.AddIndex(
            "person",
            models.Index(
                condition=models.Q(("merged_into__isnull", False)), fields=["merged_into"], name="person_merged_into"
            ),
        ),
    ]  # fmt: skip
