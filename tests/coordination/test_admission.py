"""Work outside the list is refused to the base where the list binds, with the row and the basis; elsewhere nothing changes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.factories.cases import World, new_world

from genmai.kernel.refusal import Refused
from genmai.processes.cases import mechanism as cases
from genmai.processes.cases.commands import dispatching
from genmai.processes.cases.models import Case
from genmai.processes.registers import admission
from genmai.processes.registers.admission import Asked, check_topic, gates
from genmai.records.deeds.models import Deed

pytestmark = pytest.mark.django_db
SHANGYU = "330604"
NEIGHBOURS, CLEANING = "900101", "900201"  # both are the base's own by the duty list


@pytest.fixture
def w(db: None) -> World:
    return new_world()


@pytest.fixture
def installed_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """The list binds on the test district's ground, too."""
    here = {key: replace(gate, places=(*gate.places, "330299")) for key, gate in gates().items() if gate.places}
    monkeypatch.setattr(admission, "gates", lambda: here)


def give(w: World, case: Case, category: str, *, body: str = "n1a") -> Case:
    target = getattr(w.district, body)
    return dispatching.dispatch(
        actor=w.office, at=w.later(minutes=1), key=w.key(), case=case.public_id, to=target.public_id, category=category
    )


def test_elsewhere_the_list_binds_nobody(w: World) -> None:
    assert give(w, w.receive(), CLEANING).lead_id == w.district.n1a.pk


def test_what_stands_in_the_list_is_handed_down_the_rest_is_refused_with_the_basis(
    w: World, installed_here: None
) -> None:
    assert give(w, w.receive(), NEIGHBOURS).lead_id == w.district.n1a.pk
    for body in ("n1a", "n1"):
        case = w.receive()
        before = Deed.objects.count()
        with pytest.raises(Refused, match=r"村庄保洁”不在“网格事项准入清单”里.*依据：上虞区网格事项准入") as refused:
            give(w, case, CLEANING, body=body)
        assert refused.value.code == "not_listed_topic"
        assert (Case.objects.get(pk=case.pk).category, Deed.objects.count()) == (case.category, before)
    assert give(w, w.receive(), CLEANING, body="north").lead_id == w.district.north.pk  # a town may have it


def test_a_refusing_row_is_named_and_an_unclassified_matter_waits(w: World) -> None:
    def asked(topic: str, kind: str = "grid", code: str = SHANGYU) -> Asked:
        return Asked(topic, "这件事", kind, code, w.at.date())

    with pytest.raises(Refused, match="第 7 行，网格没有执法权"):
        check_topic(asked("110304"))
    with pytest.raises(Refused, match="先定这件事是哪一类"):
        check_topic(asked(""))
    row = check_topic(asked("900401"))  # the longer code wins: visits to old people living alone
    assert row is not None
    assert row.no == "5"
    assert check_topic(asked("110304", kind="department")) is None
    assert check_topic(asked("110304", code="330212")) is None


def test_a_reassignment_and_an_assisting_body_pass_the_same_gate(w: World, installed_here: None) -> None:
    case = give(w, w.receive(), NEIGHBOURS, body="north")
    with pytest.raises(Refused, match="准入清单"):
        dispatching.dispatch(
            actor=w.office, at=w.later(minutes=1), key=w.key(), case=w.receive().public_id,
            to=w.district.north.public_id, category=CLEANING, assisting=[w.district.n1a.public_id],
        )  # fmt: skip
    assert case.lead_id == w.district.north.pk


def test_every_topic_of_a_list_is_a_subject_of_matters() -> None:
    codes = [code for gate in gates().values() for row in gate.rows for code in row.topics]
    assert codes
    assert [code for code in codes if code not in cases.taxonomy()] == []
