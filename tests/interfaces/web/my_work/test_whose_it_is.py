"""What waits reaches whoever answers for it: overdue terms of villages in their work, notices with whoever keeps above."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from unittest.mock import patch

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.factories.branches import PartyTree, member, party_account, party_tree
from tests.factories.flowing import LEFT_ON, two
from tests.factories.organisations import AT, SETUP, SmallDistrict, small_district
from tests.interfaces.web.pages import CLOCK, NOW, browser, text_of

from genmai.directory.access.keepers import nearest_keeper
from genmai.directory.access.models import Account
from genmai.directory.roster.commands.proposals import propose
from genmai.directory.roster.commands.terms import begin_term
from genmai.directory.roster.commands.transfers import ask
from genmai.directory.roster.models import Organisation, OrganisationKind
from genmai.kernel.ids import key_of
from genmai.processes.registers.flowing.commands import candidates, records
from genmai.processes.registers.models import Candidate
from genmai.records.notices.commands import MEANT_FOR
from genmai.records.notices.models import Notice

pytestmark = pytest.mark.django_db


@pytest.fixture
def ground() -> SmallDistrict:
    return small_district()


@pytest.fixture
def tree(ground: SmallDistrict) -> Iterator[PartyTree]:
    with patch(CLOCK, lambda: NOW):
        yield party_tree()


def overdue(body: Organisation, number: int = 1, on: date = date(2021, 1, 20)) -> None:
    begin_term(
        actor=SETUP, at=AT, key=key_of("term", body.code, number), organisation=body, number=number, on=on,
        planned_end=on.replace(year=on.year + 5), document="选举", chosen=[],
    )  # fmt: skip


def test_an_overdue_term_waits_with_whoever_answers_for_the_village(ground: SmallDistrict, tree: PartyTree) -> None:
    overdue(ground.n1)
    overdue(tree.n1)
    overdue(ground.s1)
    overdue(ground.n2, on=date(2022, 1, 20))
    north, south = browser("bei", "party_office", tree.north), browser("nan", "party_office", tree.south)
    page = north.get("/inbox/").content.decode()
    told = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert told.count("届满了还没有换届") == 2
    for words in ("北一村 ", "北一村党支部", "2026-01-20 到期了"):
        assert words in told
    assert f"/organisations/{ground.n1.public_id}/posts/" in page
    assert "北二社区" not in told, "that one has a year to go"
    assert "东村" not in told
    assert north.get(f"/organisations/{ground.n1.public_id}/posts/").status_code == 200
    there = text_of(south.get("/inbox/"))
    assert ("东村" in there, "北一村" in there) == (True, False)
    secretary = browser("n1", "branch_secretary", tree.n1)
    assert text_of(secretary.get("/inbox/")).count("届满了还没有换届") == 2, "of the Party branch and of the committee"
    assert "届满了还没有换届" not in text_of(north.get("/inbox/")), "whoever is nearest has it, the town no longer"
    begin_term(
        actor=SETUP, at=AT, key=key_of("next"), organisation=ground.n1, number=2, on=date(2026, 3, 1),
        planned_end=date(2031, 3, 1), document="选举", chosen=[],
    )  # fmt: skip
    assert text_of(secretary.get("/inbox/")).count("届满了还没有换届") == 1


def test_the_queries_of_my_work_do_not_grow_with_overdue_terms(ground: SmallDistrict, tree: PartyTree) -> None:
    office = browser("wei", "party_organiser", tree.committee)
    counts = []
    for bodies in ((ground.n1,), (ground.n2, ground.s1, tree.n1, tree.n2, tree.s1)):
        for body in bodies:
            overdue(body)
        office.get("/inbox/")
        with CaptureQueriesContext(connection) as queries:
            page = office.get("/inbox/")
        counts.append((len(queries), text_of(page).count("届满了还没有换届")))
    assert [waiting for _n, waiting in counts] == [1, 6]
    assert counts[0][0] == counts[1][0], counts
    assert "先办这些" not in text_of(office.get("/inbox/"))
    with patch("genmai.interfaces.web.my_work.membership.TERMS", 6):
        assert "先办这些，后面的会接着出来" in text_of(office.get("/inbox/")), "a list that was cut says so"


def test_a_notice_for_a_body_that_nobody_keeps_is_told_above_and_says_whose_it_is(tree: PartyTree) -> None:
    row = member("要转的", tree.s1, 1)
    party_account("n2", "branch_secretary", tree.n2)
    north, south = browser("bei", "party_office", tree.north), browser("nan", "party_office", tree.south)
    ask(actor=SETUP, at=AT, key=key_of("t"), person_id=row.person_id, to=tree.n1, reason="home")
    notice = Notice.objects.get(kind="transfer.asked")
    assert (notice.organisation_id, notice.payload) == (tree.north.pk, {MEANT_FOR: tree.n1.short_name})
    told = text_of(north.get("/inbox/"))
    assert f"有党员要转到我们支部，等着接收（是{tree.n1.short_name}的事，那里没有人管，请您办）" in told
    assert "等着接收" not in text_of(south.get("/inbox/"))
    party_account("n1", "branch_secretary", tree.n1)
    other = member("再转的", tree.s1, 2)
    ask(actor=SETUP, at=AT, key=key_of("t2"), person_id=other.person_id, to=tree.n1, reason="home")
    own = Notice.objects.filter(kind="transfer.asked").order_by("id").last()
    assert own is not None
    assert (own.organisation_id, own.payload) == (tree.n1.pk, {})


def test_the_way_up_ends_with_who_may_decide_and_without_anybody_the_notice_stays_where_it_is(tree: PartyTree) -> None:
    bodies = [tree.n1.pk, tree.north.pk]
    assert nearest_keeper(bodies, at=AT) == {}
    row = member("没交的", tree.n1, 1)
    propose(actor=SETUP, at=AT, key=key_of("p"), timer="dues_6", since={row.person_id: date(2025, 6, 1)})
    assert Notice.objects.get(kind="proposal.raised").organisation_id == tree.north.pk
    committee = party_account("wei", "party_organiser", tree.committee)
    assert nearest_keeper(bodies, at=AT, permission="members:decide") == dict.fromkeys(bodies, tree.committee.pk)
    propose(actor=SETUP, at=AT, key=key_of("q"), timer="dues_6", since={row.person_id: date(2025, 7, 1)})
    last = Notice.objects.filter(kind="proposal.raised").order_by("id").last()
    assert last is not None
    assert (last.organisation_id, last.payload[MEANT_FOR]) == (tree.committee.pk, tree.north.short_name)
    Account.objects.filter(pk=committee.pk).update(is_active=False)
    assert nearest_keeper(bodies, at=AT) == {}, "a closed account keeps nothing"
    with CaptureQueriesContext(connection) as queries:
        nearest_keeper([one.pk for one in tree.bodies.values()], at=AT)
    assert len(queries) == 2
    assert not Organisation.objects.filter(kind=OrganisationKind.GRID, pk__in=bodies).exists()


def test_a_branch_that_nobody_keeps_has_its_flowing_members_told_above() -> None:
    """The rooms that write to Party bodies look up the same way: one keeper, one place."""
    t = two()
    north = t.town_office()
    first, second = t.member("王建国", number=1), t.member("李建国", number=2)
    for number, member_ in enumerate((first, second)):
        if number:
            t.branch_secretary()
        records.leave(
            actor=north, at=t.at, key=t.key(), member=member_.public_id, reason="work", left_on=LEFT_ON,
            host_said="南镇一带",
        )  # fmt: skip
        met = candidates.tell(
            actor=t.grid_worker(), at=t.at, key=t.key(), source="visit", host_id=t.district.s1a.pk,
            name=member_.display_name, phone=f"1380574000{number}",
        )  # fmt: skip
        Candidate.objects.filter(pk=met.pk).update(member=member_)
        candidates.declare(
            actor=t.grid_worker(), at=t.at, key=t.key(), candidate=met.public_id, way="visit", home_said="北一村"
        )
    above, own = Notice.objects.filter(kind="flowing.declared").order_by("id")
    assert (above.organisation_id, above.payload) == (t.party.north.pk, {MEANT_FOR: t.party.n1.short_name})
    assert (own.organisation_id, own.payload) == (t.party.n1.pk, {})
    with patch(CLOCK, lambda: t.at):
        client = Client()
        client.force_login(t._accounts["dangjianban-north"])
        assert f"是{t.party.n1.short_name}的事，那里没有人管，请您办" in text_of(client.get("/inbox/"))
