"""Looks at residents' numbers that stand out, so that the auditor's list has something to ask about."""

from __future__ import annotations

from datetime import datetime, timedelta

from genmai.directory.access.commands import record_look
from genmai.directory.access.models import Account, Look
from genmai.directory.access.queries import viewer_for
from genmai.kernel import ids
from genmai.kernel.viewer import Actor
from genmai.processes.cases.models import Caller

AGAIN = 5  # at one person in one afternoon
LATE = timedelta(hours=1, minutes=40)  # after midnight


def tell(*, seed: int, end: datetime) -> None:
    """The village's secretary rings one resident again and again; somebody at the town looks in the middle of the night."""
    for login, times, at in (
        ("cunshuji", AGAIN, end - timedelta(hours=14)),
        ("zhenjie", 1, end - timedelta(days=2) + LATE),
    ):
        account = Account.objects.filter(login=login).first()
        if account is None or Look.objects.filter(account=account).exists():
            continue
        viewer = viewer_for(account, at=at)
        mine = Caller.objects.filter(case__reach__contains=[viewer.organisation_id], person__kind="resident")
        caller = mine.select_related("case").order_by("id").first()
        if caller is None:
            continue
        for n in range(times):
            record_look(
                actor=Actor.staff(viewer), at=at + timedelta(minutes=17 * n), key=ids.key_of("look", seed, login, n),
                person_id=caller.person_id or 0, fields="name,phone", purpose="回电话了解情况",
                source=f"case:{caller.case.public_id}",
            )  # fmt: skip
