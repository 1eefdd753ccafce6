"""Told at a window or on a round: judged as a row of a residents' list is, from what is known, and nothing of it kept."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories.branches import identity
from tests.factories.flowing import Two, two

from genmai.directory.roster.linkage import engine
from genmai.directory.roster.linkage.parameters import of_version
from genmai.directory.roster.linkage.records import Record
from genmai.directory.roster.linkage.registry import members_of_registry, places_of
from genmai.directory.roster.linkage.single import in_registry
from genmai.directory.roster.models import Person, PersonKind
from genmai.directory.roster.sealing import index_of_phone, open_person
from genmai.kernel.refusal import BadInput
from genmai.processes.registers.flowing import queries
from genmai.processes.registers.flowing.commands import candidates, records
from genmai.processes.registers.flowing.commands.judging import Known
from genmai.processes.registers.models import Candidate, FlowRecord

pytestmark = pytest.mark.django_db
NAMES = ["王建国", "李秀英", "张海燕", "刘志强", "陈桂兰", "杨国庆", "黄晓东", "赵春梅", "买买提·艾力", "励玮涵"]
PHONE = "1380574{:04d}"


def born(number: int) -> date:
    return date(1950 + 3 * number, 1 + number, 11 + number)


@pytest.fixture
def t(db: None) -> Two:
    """Ten members of the north, men, with a telephone each."""
    made = two()
    for number, name in enumerate(NAMES):
        made.member(name, number=number, born=f"{born(number):%Y%m%d}", phone=PHONE.format(number))
    return made


def told(t: Two, name: str, phone: str, source: str = "visit", **known: Any) -> Candidate:
    made = candidates.tell(
        actor=t.grid_worker(), at=t.at, key=t.key(), source=source, host_id=t.district.s1a.pk, name=name, phone=phone,
        known=Known(**known),
    )  # fmt: skip
    return Candidate.objects.get(pk=made.pk)


def whom(candidate: Candidate) -> str | None:
    return candidate.member.display_name if candidate.member else None


@pytest.mark.parametrize("source", ["visit", "registration"])
def test_found_by_what_is_known_with_a_line_for_each_thing(t: Two, source: str) -> None:
    found = told(t, "励玮涵", PHONE.format(9), source, born=born(9), sex="1")
    assert (whom(found), found.parameters) == ("励玮涵", "people-1")
    assert [(name, level) for name, level, _bits in found.parts] == [
        ("name", "same"), ("born", "same"), ("phone", "same"), ("sex", "same"),
    ]  # fmt: skip
    lines = queries.explained(t.organiser().viewer, of=found)
    assert [line.finding for line in lines][:2] == ["姓名相同", "出生日期相同"]
    assert queries.explained(t.grid_worker().viewer, of=found) == []  # the host side sees no judgement
    assert FlowRecord.objects.count() == 0


@pytest.mark.parametrize(
    ("name", "phone", "known", "whose"),
    [
        ("王建国", "13900000000", {"identity": identity(0, f"{born(0):%Y%m%d}")}, "王建国"),  # a new number
        ("王健国", PHONE.format(0), {"born": born(0), "sex": "1"}, "王建国"),  # sounds alike
        ("买买提艾力", PHONE.format(8), {"born": born(8)}, "买买提·艾力"),  # without the point
        ("李秀英", "13900000001", {"born": date(1999, 9, 9), "sex": "2"}, None),  # the name alone
        ("周小平", PHONE.format(1), {"born": date(1999, 9, 9)}, None),  # a household's number, somebody else
    ],
)
def test_who_they_look_like(t: Two, name: str, phone: str, known: dict[str, Any], whose: str | None) -> None:
    assert whom(told(t, name, phone, **known)) == whose


def test_the_year_alone_speaks_too(t: Two) -> None:
    def likely(year: int) -> float:
        record = Record("r0", "刘志强", sex="1", phone_index=index_of_phone(PHONE.format(3)), year=year)
        found = in_registry(record, phone=PHONE.format(3), parameters=of_version("people-1"), least=0.0)
        return max(pair.probability for pair in found)

    assert likely(1959) > 0.5 > 0.05 > likely(1988)


def test_the_judgement_is_that_of_a_list(t: Two) -> None:
    """The engine over the whole registry and the few members of a request say the same of the same person."""
    record = Record(
        "r0", "励玮涵", born(9), "1", index_of_phone(PHONE.format(9)), None,
        places_of({t.district.s1a.pk})[t.district.s1a.pk],
    )  # fmt: skip
    parameters = of_version("people-1")
    with engine.memory(limit="512MB", threads=1) as duck:
        of_list = list(engine.pairs([record], members_of_registry(), parameters=parameters, least=0.5, connection=duck))
    ours = in_registry(record, phone=PHONE.format(9), parameters=parameters, least=0.5)
    assert len(of_list) == len(ours) == 1
    assert ours[0].weight == pytest.approx(of_list[0].weight, abs=0.002)
    assert [part[:2] for part in ours[0].parts] == [part[:2] for part in of_list[0].parts]


def test_a_number_whose_index_another_holds_is_found_by_its_last_digits(t: Two) -> None:
    second = t.member("吴双", number=31, born="19880808", phone=PHONE.format(9))
    assert second.phone_index is None
    assert whom(told(t, "吴双", PHONE.format(9), born=date(1988, 8, 8), sex="1")) == "吴双"


def test_nothing_but_name_and_number_is_kept_and_never_as_a_members_record(t: Two) -> None:
    number = identity(9, f"{born(9):%Y%m%d}")
    found = told(t, "励玮涵", PHONE.format(9), identity=number, year=1977)
    resident = found.resident
    assert resident is not None
    assert (resident.kind, resident.pk == found.member_id) == (PersonKind.RESIDENT, False)
    assert (resident.identity_index, resident.identity_sealed, hasattr(resident, "profile")) == (None, None, False)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t::text FROM registers_candidate t UNION ALL SELECT t::text FROM registers_touch t"
            " UNION ALL SELECT t::text FROM deeds_deed t WHERE kind LIKE 'candidate.%'"
        )
        text = "\n".join(row[0] for row in cursor.fetchall())
    for secret in ("励玮涵", PHONE.format(9), number, "1977"):
        assert secret not in text


def test_who_gives_a_members_number_is_shown_under_the_name_they_gave(t: Two) -> None:
    """The host side must not learn from a number whose it is."""
    shown = queries.masked(t.grid_worker().viewer, of=[told(t, "周小平", PHONE.format(1))])
    assert [who.name for who in shown.values()] == ["周**"]
    wife = told(t, "钱多多", PHONE.format(1))  # the same number again, another name: both keep theirs
    assert wife.resident is not None
    assert open_person(wife.resident) == type(open_person(wife.resident))("钱多多", PHONE.format(1))
    assert Person.objects.filter(phone_index=index_of_phone(PHONE.format(1)), kind="resident").count() == 1


def test_whom_both_sides_keep_already_is_not_offered_again(t: Two) -> None:
    known = {"born": born(9), "sex": "1"}
    first = told(t, "励玮涵", PHONE.format(9), **known)
    made = candidates.declare(
        actor=t.grid_worker(), at=t.at, key=t.key(), candidate=first.public_id, way="visit", home_said="北一村党支部"
    )
    assert made.thought is not None
    records.confirm(
        actor=t.branch_secretary(), at=t.at, key=t.key(), record=made.public_id, member=made.thought.public_id
    )
    assert whom(told(t, "励玮涵", PHONE.format(9), **known)) is None


@pytest.mark.parametrize(
    ("known", "field"),
    [
        ({"identity": "330299199003070011"}, "identity"), ({"born": date(2126, 1, 1)}, "born"),
        ({"born": date(1812, 1, 1)}, "born"), ({"year": 197}, "year"), ({"year": 2126}, "year"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(t: Two, known: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput) as refused:
        told(t, "王建国", "13900000000", **known)
    assert refused.value.field == field
    assert Candidate.objects.count() == 0


def test_told_twice_under_one_key_is_told_once(t: Two) -> None:
    key = t.key()
    common: dict[str, Any] = {
        "actor": t.grid_worker(), "at": t.at, "key": key, "source": "visit", "host_id": t.district.s1a.pk,
        "name": "励玮涵", "phone": PHONE.format(9), "known": Known(born=born(9), sex="1"),
    }  # fmt: skip
    assert candidates.tell(**common).pk == candidates.tell(**common).pk
    assert Candidate.objects.count() == 1


def test_the_same_number_of_queries_however_many_look_alike(t: Two) -> None:
    record = Record("r0", "王建国", born(0), "1", index_of_phone(PHONE.format(0)))
    parameters = of_version("people-1")

    def asked() -> int:
        with CaptureQueriesContext(connection) as caught:
            in_registry(record, phone=PHONE.format(0), parameters=parameters, least=0.0)
        return len(caught)

    few = asked()
    for number in range(20, 30):
        t.member("王建国" + " " * (number - 19), number=number, born=f"{born(0):%Y%m%d}", phone=PHONE.format(0))
    assert asked() == few <= 8
