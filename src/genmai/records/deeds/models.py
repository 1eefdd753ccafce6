"""The deed: one thing that was done, or was due and not done. Never changed, only corrected by a later deed."""

from __future__ import annotations

from django.db import models

from genmai.directory.roster.models import Organisation, Person
from genmai.directory.territory.models import Place


class TransactionId(models.Field):  # type: ignore[type-arg]  # not subscriptable at run time
    """PostgreSQL's xid8, filled by the database: the order in which transactions began, for walking by commit order."""

    def db_type(self, connection: object) -> str:
        return "xid8"

    def from_db_value(self, value: str | None, expression: object, connection: object) -> int | None:
        return None if value is None else int(value)

    def get_prep_value(self, value: int | str | None) -> str | None:
        # As text: the database knows no comparison of xid8 with a number.
        return None if value is None else str(value)


class Deed(models.Model):
    """One deed. References only, never personal data (DESIGN §2.7).

    `at`: when it happened; `recorded_at`: when it was recorded (a late entry has the two apart).
    `organisation`: the body credited, with its `path` in the administrative tree of that day, so figures follow the
    tree of their date. `key` + `ordinal`: the command that wrote it; unique, so a replayed command writes nothing.
    """

    public_id = models.UUIDField(unique=True)
    kind = models.CharField(max_length=40)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    key = models.UUIDField()
    ordinal = models.PositiveSmallIntegerField(default=0)

    actor_kind = models.CharField(max_length=10)
    actor = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False)
    actor_organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    path = models.CharField(max_length=200, blank=True)
    counterpart = models.ForeignKey(
        Organisation, models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False)
    place = models.ForeignKey(Place, models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False)

    source_kind = models.CharField(max_length=20)
    source_id = models.UUIDField()
    mechanism = models.CharField(max_length=80)  # place/key@version

    # Typed columns: everything that is filtered, permitted or measured.
    quantity = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    category = models.CharField(max_length=20, blank=True)
    level = models.PositiveSmallIntegerField(null=True)
    milestone = models.CharField(max_length=24, blank=True)
    due_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=24, blank=True)
    reason = models.CharField(max_length=40, blank=True)
    subject_id = models.UUIDField(null=True)  # the caller, milestone or other part of the source it is about

    payload = models.JSONField(default=dict)  # owned by the typed class of its kind; never queried inside
    corrects = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="corrections", db_index=False, db_constraint=False
    )
    digest = models.BinaryField(max_length=32)  # SM3 over the canonical form; what a seal's tree is built from
    transaction = TransactionId(db_default=models.expressions.RawSQL("pg_current_xact_id()", ()), editable=False)

    class Meta:
        indexes = [
            models.Index(fields=["kind", "at"], name="deed_kind_at"),
            models.Index(
                fields=["kind", "path", "at"],
                name="deed_kind_path_at",
                opclasses=["", "varchar_pattern_ops", ""],  # figures of one subtree, by prefix
            ),
            models.Index(fields=["organisation", "at"], name="deed_organisation_at"),
            models.Index(fields=["person", "at"], name="deed_person_at", condition=models.Q(person__isnull=False)),
            models.Index(fields=["source_id", "id"], name="deed_source"),
            models.Index(fields=["transaction", "id"], name="deed_commit_order"),
            models.Index(fields=["corrects"], name="deed_corrects", condition=models.Q(corrects__isnull=False)),
        ]
        constraints = [models.UniqueConstraint(fields=["key", "ordinal"], name="deed_key_once")]


class Cursor(models.Model):
    """How far one consumer has walked the deeds in the order of commit."""

    name = models.CharField(max_length=60, primary_key=True)
    transaction = models.BigIntegerField()
    deed_id = models.BigIntegerField()
