"""Which kinds of parts a matter has at all: most have none of the rare ones, and asking for each costs more than knowing."""

from __future__ import annotations

from django.db import connection

from genmai.kernel.viewer import Viewer
from genmai.processes.cases.models import Attachment, BankEntry, CallReview, Case, Request, Suspension

_FAMILY = "WITH family AS (SELECT id FROM {case} WHERE merged_into_id = %(case)s UNION ALL SELECT %(case)s)"
_HAS = {
    "merged": "SELECT 1 FROM {case} WHERE merged_into_id = %(case)s",
    "children": "SELECT 1 FROM {case} WHERE parent_id IN (SELECT id FROM family)",
    "requests": "SELECT 1 FROM {request} WHERE case_id = %(case)s",
    "suspensions": "SELECT 1 FROM {suspension} WHERE case_id = %(case)s",
    "attachments": "SELECT 1 FROM {attachment} WHERE case_id IN (SELECT id FROM family)",
    "reviews": "SELECT 1 FROM {review} r JOIN {body} b ON b.id = r.body_id WHERE b.case_id = %(case)s",
    "bank": "SELECT 1 FROM {bank} WHERE case_id = %(case)s",
}


def parts_of(viewer: Viewer, *, case: Case) -> frozenset[str]:
    """Of a case the viewer may see: those of "merged", "children", "requests", "suspensions", "attachments", "reviews", "bank" that exist: one query."""
    with connection.cursor() as cursor:
        cursor.execute(_STATEMENT, {"case": case.pk})
        return frozenset(name for (name,) in cursor.fetchall())


def _statement() -> str:
    tables = {
        "case": Case._meta.db_table, "request": Request._meta.db_table, "suspension": Suspension._meta.db_table,
        "attachment": Attachment._meta.db_table, "review": CallReview._meta.db_table, "bank": BankEntry._meta.db_table,
        "body": CallReview._meta.get_field("body").related_model._meta.db_table,
    }  # fmt: skip
    asked = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS ({query})" for name, query in _HAS.items())
    return f"{_FAMILY} {asked}".format(**tables)


_STATEMENT = _statement()

__all__ = ["parts_of"]
