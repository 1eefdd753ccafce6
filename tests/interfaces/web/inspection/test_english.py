"""In English the pages of an inspection show no Chinese of ours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest
from django.db.models import CharField, F, Value
from django.db.models.functions import Concat
from tests.factories.rounds import Rounds
from tests.interfaces.web.handle_case.desk_people import Clock, Desks, desks
from tests.interfaces.web.test_english_pages import staff, still_chinese

from genmai.directory.roster.models import Organisation, Person
from genmai.directory.territory.models import Place
from genmai.processes.cases.commands import rounds
from genmai.processes.cases.models import Finding, Round

pytestmark = pytest.mark.django_db
TAILS = ("", "findings/", "findings/?state=closed", "notices/", "enter", "sheet", "circular/", "deeds/?cell=found")


@pytest.fixture
def d() -> Iterator[Desks]:
    """A small district whose names are all ASCII."""
    found = desks()
    Place.objects.update(name=Concat(Value("Place "), F("code")))
    Organisation.objects.update(name=Concat(Value("Body "), F("code")), short_name=Concat(Value("Body "), F("code")))
    for body in found.world.district.bodies.values():
        body.refresh_from_db()
    with patch("genmai.interfaces.web.edge.viewing.timezone.now", Clock(found.world)):
        yield found


def test_no_page_of_a_round_shows_chinese(d: Desks) -> None:
    world = d.world
    r = Rounds(world)
    Round.objects.update(title="Third quarter", number="2026-3")
    r.round.refresh_from_db()
    at = f"/inspection/{r.round.public_id}/"
    office, dept = staff(d, world.office), staff(d, world.dept)
    Person.objects.update(display_name=Concat(Value("Person "), F("id"), output_field=CharField()))
    pages: dict[Any, Any] = {"empty": office.get(at), "new": office.get("/inspection/new")}
    pages["wrong"] = office.post("/inspection/new", {"key": str(world.key())})
    first, second = r.enter("Rubbish by the river", place_text="Bridge"), r.enter("Road closed", service="project")
    r.enter("Nobody there", service="party", body_id=world.district.north.pk)
    pages |= {("preparing", tail): office.get(at + tail) for tail in TAILS}
    pages["missing"] = office.post(at + "enter", {"key": str(world.key())})
    r.notify()
    pages |= {
        ("own", tail): dept.get(at + tail) for tail in ("", "findings/", f"notices/{world.district.dept.public_id}/")
    }
    pages["to accept"] = dept.get(_page(first))
    r.accept(world.dept)
    pages["in hand"] = dept.get(_page(first))
    world.later(days=1)
    r.put_right(first, text="Cleared")
    r.put_right(second, text="By autumn", promised_until=world.at.date().replace(month=9))
    pages["to look at"] = office.get(_page(first))
    pages["promised"] = office.get(_page(second))
    pages["not said"] = office.post(
        _page(first) + "look", {"key": str(world.key()), "passed": "not_passed", "how": "on_site"}
    )
    r.look(first, passed=False, text="Not all")
    world.later(days=20)
    rounds.catch_up(actor=rounds.SYSTEM, at=world.at)
    pages["chase"] = office.post(at + "chase", {"key": str(world.key()), "which": "all"}, follow=True)
    pages["again"] = office.post(at + "chase", {"key": str(world.key()), "which": "all"}, follow=True)
    pages["refused"] = office.post(at + "finish", {"key": str(world.key())})
    pages |= {("under way", tail): office.get(at + tail) for tail in TAILS}
    pages["list"] = office.get("/inspection/")
    pages["inbox"] = dept.get("/inbox/")
    pages["case"] = dept.get(f"/cases/{first.case.public_id}/")
    # What the mechanism cites of its source is Chinese, as documents are.
    cited = {key: page for key, page in pages.items() if key[1:] != ("circular/",)}
    left = {key: [one[-70:] for one in told][:3] for key, told in still_chinese(cited).items()}
    assert not left, "\n".join(f"{key}: {told}" for key, told in left.items())


def _page(finding: Finding) -> str:
    return f"/inspection/finding/{finding.case.public_id}/"
