"""What a deed refers to is asked once for all deeds of a statement, not seven times for each of them."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

from genmai.kernel.references import References

_REFERS = {
    "actor": "roster.person", "actor_organisation": "roster.organisation", "organisation": "roster.organisation",
    "counterpart": "roster.organisation", "person": "roster.person", "place": "territory.place",
    "corrects": "deeds.deed",
}  # fmt: skip


def _field(name: str) -> Any:
    return models.ForeignKey(
        db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT,
        related_name="corrections" if name == "corrects" else "+", to=_REFERS[name],
    )  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("deeds", "0001_initial"), ("roster", "0018_asked_together"), ("territory", "0001_initial")]

    operations = [
        *(migrations.AlterField("deed", name, _field(name)) for name in _REFERS),
        References("deeds_deed", {f"{name}_id": target.replace(".", "_") for name, target in _REFERS.items()}),
    ]
