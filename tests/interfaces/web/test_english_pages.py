"""In English no page shows Chinese of ours: what is left is names and what people wrote, and here those are ASCII."""

from __future__ import annotations

import re
from collections.abc import Iterator
from unittest.mock import patch

import pytest
from django.db.models import CharField, F, Value
from django.db.models.functions import Concat
from django.http import HttpResponse
from django.test import Client
from tests.factories import cases as factory
from tests.interfaces.web.handle_case.desk_people import Clock, Desks, desks
from tests.interfaces.web.import_sheet.handing_in import send, xlsx

from genmai.directory.roster.models import Organisation, Person
from genmai.directory.territory.models import Place
from genmai.interfaces.web.language import COOKIE
from genmai.kernel.viewer import Actor
from genmai.processes.cases.flow import FLOW
from genmai.processes.cases.models import Case
from genmai.processes.cases.queries.following import digest

CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
OWN_NAME = re.compile(r'<(\w+)[^>]*\blang="zh-Hans"[^>]*>.*?</\1>', re.S)  # the switch back names Chinese in Chinese
CITED = re.compile(r"(?<=Dispatch directory )[^<]*")  # documents are cited by the titles they bear
LAMP = "The street lamp is out"
PEOPLE = ("grid", "village", "town", "dept", "office")


@pytest.fixture
def d(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desks]:
    """A small district whose names and texts are all ASCII."""
    take_in, reply = factory.World.receive, factory.VERBS["reply"]
    monkeypatch.setattr(factory, "_T", "As told")
    monkeypatch.setattr(factory.World, "receive", lambda world, **told: take_in(world, **{**told, "text": LAMP}))
    monkeypatch.setitem(factory.VERBS, "reply", lambda w, c: (reply(w, c)[0], reply(w, c)[1] | {"text": "Mended"}))
    found = desks()
    Place.objects.update(name=Concat(Value("Place "), F("code")))
    Organisation.objects.update(name=Concat(Value("Body "), F("code")), short_name=Concat(Value("Body "), F("code")))
    with patch("genmai.interfaces.web.edge.viewing.timezone.now", Clock(found.world)):
        yield found


def english(client: Client) -> Client:
    client.cookies[COOKIE] = "en"
    return client


def staff(d: Desks, actor: Actor) -> Client:
    return english(d.as_(actor))


def chinese(response: HttpResponse) -> list[str]:
    """Each place where Chinese is left, with what stands around it."""
    page = CITED.sub("", OWN_NAME.sub("", response.content.decode()))
    return [page[max(found.start() - 60, 0) : found.end() + 30] for found in re.finditer(f"{CHINESE.pattern}+", page)]


def all_states(d: Desks) -> list[Case]:
    """A matter at each state, each on its own way."""
    for who in PEOPLE:
        getattr(d.world, who)
    found = [d.world.at_state(state) for state in factory.WAYS]
    Person.objects.update(display_name=Concat(Value("Person "), F("id"), output_field=CharField()))
    return found


def still_chinese(pages: dict[object, HttpResponse]) -> dict[object, list[str]]:
    return {asked: told for asked, page in pages.items() if (told := chinese(page))}


@pytest.mark.parametrize("address", ["/", "/report", "/report/thanks", "/follow", "/sign-in", "/nowhere"])
def test_pages_for_everybody(d: Desks, address: str) -> None:
    assert chinese(english(Client()).get(address, follow=True)) == []


PAGES = ("/inbox/", "/desk/", "/cases/", "/unit/", "/hotline/", "/hotline/team/", "/import/", "/account", "/report")


@pytest.mark.parametrize("who", ["grid", "town", "dept", "office"])
def test_pages_of_staff(d: Desks, who: str) -> None:
    all_states(d)
    client = staff(d, getattr(d.world, who))
    assert still_chinese({address: client.get(address, follow=True) for address in PAGES}) == {}


def test_pages_of_the_administrator_and_the_auditor(d: Desks) -> None:
    admin = d.world.actor("admin", "security_administrator", d.world.district.district)
    auditor = d.world.actor("auditor", "security_auditor", d.world.district.district)
    all_states(d)
    for actor, addresses in ((admin, ("/people/", "/people/why")), (auditor, ("/people/security", "/people/looks"))):
        for address in addresses:
            assert chinese(staff(d, actor).get(address, follow=True)) == []


@pytest.mark.parametrize("who", ["village", "town"])
def test_the_page_of_a_matter_at_every_state(d: Desks, who: str) -> None:
    found = all_states(d)
    client = staff(d, getattr(d.world, who))
    addresses = [
        address.format(case.public_id)
        for case in found
        for address in ("/cases/{}/", "/cases/{}/why", "/cases/?matter={}")
    ]
    assert still_chinese({address: client.get(address) for address in addresses}) == {}


def test_every_form_left_empty_and_every_refusal(d: Desks) -> None:
    """Each verb at a state that allows it, and at one that does not."""
    found = {case.state: case for case in all_states(d)}
    client = staff(d, d.world.town)
    pages: dict[object, HttpResponse] = {}
    for verb in factory.VERBS:
        sources = FLOW.row(verb).sources
        for state in (sources[-1], next(state for state in found if state not in sources)):
            given = {"key": str(d.world.key()), "seen": str(found[state].version)}
            pages[state, verb] = client.post(f"/cases/{found[state].public_id}/do/{verb}", given, follow=True)
    assert still_chinese(pages) == {}


def test_subjects_are_told_in_english(d: Desks) -> None:
    case = d.world.receive(category="010203")
    client = staff(d, d.world.town)
    Person.objects.update(display_name="Somebody")
    addresses = [f"/cases/{case.public_id}/", "/cases/?subject=010203", f"/desk/?case={case.public_id}"]
    addresses += [f"/desk/?case={case.public_id}&within=top", f"/desk/?case={case.public_id}&within=01"]
    pages: dict[object, HttpResponse] = {address: client.get(address, follow=True) for address in addresses}
    assert "Urban and rural construction" in pages[addresses[0]].content.decode()
    given = {"key": str(d.world.key()), "seen": str(case.version), "urgency": ""}
    told = {**given, "category": "Urban and rural construction / Work safety"}
    pages["classified"] = client.post(f"/cases/{case.public_id}/do/classify", told, follow=True)
    case.refresh_from_db()
    assert case.category == "0101"
    pages["unknown"] = client.post(f"/cases/{case.public_id}/do/classify", {**given, "category": "?"}, follow=True)
    assert still_chinese(pages) == {}


def test_what_a_reporter_follows_at_every_state(d: Desks) -> None:
    codes = [f"AAAA-BBBB-CC{one:02d}" for one in range(len(factory.WAYS))]
    for state, code in zip(factory.WAYS, codes, strict=True):
        d.world.at_state(state, follow_digest=digest(code))
    pages: dict[object, HttpResponse] = {}
    for code in codes:
        client = english(Client())
        client.post("/follow", {"code": code})
        pages[code] = client.get("/follow")
        assert LAMP in pages[code].content.decode()
        pages[code, "data"] = client.get("/follow/data")
        pages[code, "judged"] = client.post("/follow/judge", {"key": str(d.world.key()), "fixed": "no"}, follow=True)
    assert still_chinese(pages) == {}


def test_what_is_wrong_is_said_in_english(d: Desks) -> None:
    desk, anybody = staff(d, d.world.town), english(Client())
    Person.objects.update(display_name="Somebody")
    key = {"key": str(d.world.key())}
    pages: dict[object, HttpResponse] = {
        "report": anybody.post("/report", key),
        "no key": anybody.post("/report", {"text": LAMP}),
        "code": anybody.post("/follow", {"code": "WRONG"}),
        "sign in": anybody.post("/sign-in", {"login": "nobody", "password": "no such password"}),
        "call": desk.post("/hotline/", key),
        "caller": desk.get("/hotline/caller", {"phone": "13805741234"}),
        "password": desk.post("/account", {**key, "old": "x", "new": "short", "again": "other"}),
    }
    assert still_chinese(pages) == {}


def test_a_report_and_a_call_are_thanked_for_in_english(d: Desks) -> None:
    desk, anybody = staff(d, d.world.town), english(Client())
    Person.objects.update(display_name="Somebody")
    town, village = d.world.district.places["north"].code, d.world.district.places["n1"].code
    told = {"text": LAMP, "phone": "13805741234", "name": "Wang"}
    report = {**told, "town": town, "village": village, "wants_answer": "yes", "key": str(d.world.key())}
    call = {**told, "place": village, "service": "hardship", "doing": "desk", "key": str(d.world.key())}
    thanks = anybody.post("/report", report, follow=True)
    saved = desk.post("/hotline/", call, follow=True)
    assert Case.objects.count() == 2
    assert still_chinese({"thanks": thanks, "saved": saved}) == {}


HEADER = ("ref", "text", "phone", "asked_at")
SHEETS = {
    "good": xlsx([HEADER, ("A1", LAMP, "13805741234", "2026-02-27 08:30")]),
    "bad rows": xlsx([HEADER, ("A1", "", "12", "long ago"), ("A2", LAMP, "x", "2026-13-40")]),
    "other columns": xlsx([("No", "What"), ("A1", LAMP)]),
    "no rows": xlsx([HEADER]),
    "no sheet": b"%PDF-1.7 not a sheet",
    "empty": b"",
}


@pytest.mark.parametrize("sheet", SHEETS)
def test_importing_a_sheet(d: Desks, sheet: str) -> None:
    desk = staff(d, d.world.town)
    Person.objects.update(display_name="Somebody")
    page = send(desk, SHEETS[sheet], name="sheet.xlsx")
    pages: dict[object, HttpResponse] = {"sent": page}
    if page.status_code == 302:
        given: dict[str, str] = {"key": str(d.world.key())}
        given |= {f"column-{field}": str(number) for number, field in enumerate(HEADER)}
        pages["asked"] = desk.get(page.headers["Location"])
        pages["columns"] = desk.post(f"{page.headers['Location']}columns", given, follow=True)
    assert still_chinese(pages) == {}


@pytest.mark.parametrize("who", ["village", "office"])
def test_pages_behind_links(d: Desks, who: str) -> None:
    """Every kind of address that a link of the main pages leads to, each with every set of filters once."""
    all_states(d)
    client = staff(d, getattr(d.world, who))
    waiting, kinds = list(PAGES), set[str]()
    pages: dict[object, HttpResponse] = {}
    while waiting:
        address = waiting.pop(0)
        kind = re.sub(r"=[^&]*", "", re.sub(r"[0-9a-f-]{36}", "*", address))
        if kind in kinds or len(pages) > 80:
            continue
        kinds.add(kind)
        pages[address] = client.get(address, follow=True)
        if pages[address].headers["Content-Type"].startswith("text/html"):
            page = pages[address].content.decode()
            links = [link.replace("&amp;", "&") for link in re.findall(r'<a[^>]*\shref="([^"#]+)', page)]
            path = address.partition("?")[0]
            waiting += [f"{path}{link}" if link.startswith("?") else link for link in links if link[0] in "/?"]
    assert any(kind.startswith("/unit/*/deeds/") for kind in kinds)
    assert {"/cases/*/", "/cases/*/limits/*", "/unit/*/"} <= kinds, sorted(kinds)
    assert still_chinese(pages) == {}
