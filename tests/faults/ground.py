"""A small district for an installation under fire; run by `genmai manage shell`, joins the running database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.factories.organisations import KEY, SETUP, small_district

from genmai.directory.roster.models import Organisation
from genmai.processes.cases.commands import emergency


def lay() -> None:
    """Once; a second call finds it there. The northern town is in emergency."""
    if Organisation.objects.exists():
        return
    north, now = small_district().north, datetime.now(UTC)
    emergency.declare(
        actor=SETUP, at=now, key=KEY, organisation_id=north.pk, kind="typhoon", level="one",
        until=now + timedelta(hours=100), text="台风登陆。",
    )  # fmt: skip


def counts() -> dict[str, object]:
    """What the clients' matters became: texts of all cases, and whatever is not whole."""
    from django.db.models import Count, Q

    from genmai.processes.cases.models import Case
    from genmai.records.deeds.models import Deed
    from genmai.records.notices.models import Notice

    cases = Case.objects.annotate(
        n_callers=Count("callers", distinct=True), n_milestones=Count("milestones", distinct=True)
    )
    torn = cases.filter(~Q(n_callers=1) | Q(n_milestones=0)).count()
    received = Deed.objects.filter(kind="case.received")
    told = Notice.objects.filter(kind__startswith="case.").values("source_id").distinct().count()
    return {
        "texts": list(Case.objects.values_list("text", flat=True)),
        "torn": torn,
        "short": cases.filter(service="outage").count(),
        "received": received.count(),
        "received_of": received.values("source_id").distinct().count(),
        "told": told,
    }


def demo_counts() -> dict[str, object]:
    """What the demo left, in figures that an undisturbed one has too."""
    from collections import Counter

    from genmai.directory.access.models import Account
    from genmai.directory.roster.models import Organisation, Person
    from genmai.processes.cases.models import Case
    from genmai.records.deeds.models import Cursor, Deed
    from genmai.simulation.demo import FINISHED, logins

    told = Deed.objects.exclude(kind__in=("milestone.missed", "round.begun"))  # the worker says it when it comes to it
    return {
        "finished": Cursor.objects.filter(name=FINISHED).count(),
        "organisations": Organisation.objects.count(),
        "people": Person.objects.count(),
        "accounts": Account.objects.count(),
        "logins": len(logins()),
        "cases": Case.objects.count(),
        "states": dict(sorted(Counter(Case.objects.values_list("state", flat=True)).items())),
        "deeds": dict(sorted(Counter(told.values_list("kind", flat=True)).items())),
    }
