"""A town desk takes out its flowing members, a branch secretary the branch's dues: their own scope, marked, and no more."""

from __future__ import annotations

import pytest
from tests.factories.flowing import Two
from tests.interfaces.web.exports.registry_site import Site, everything
from tests.interfaces.web.exports.test_registry_lists import MASKED, leave

from genmai.directory.access.models import Look
from genmai.directory.roster.commands.dues import NewDues, record_dues
from genmai.kernel.viewer import Actor
from genmai.processes.registers.flowing.commands import candidates

pytestmark = pytest.mark.django_db


def desk(t: Two, side: str) -> Actor:
    return t.actor(f"zhihuishi-{side}", "town_desk", getattr(t.district, side))


def living_here(t: Two, name: str, grid: str, number: int) -> None:
    """Somebody of elsewhere who declared themselves in a grid."""
    worker, body = t.grid_worker(grid), getattr(t.district, grid)
    met = candidates.tell(
        actor=worker, at=t.at, key=t.key(), source="visit", host_id=body.pk, name=name, phone=f"1390000{number:04d}"
    )
    candidates.declare(
        actor=worker, at=t.at, key=t.key(), candidate=met.public_id, way="visit", home_said=f"{name}的老家"
    )


def test_a_town_desk_takes_out_its_flowing_members_and_nothing_of_the_other_town(site: Site) -> None:
    t = site.t
    leave(t, "北边走的", "n1", 1)
    leave(t, "南边走的", "s1", 2)
    living_here(t, "欧阳北", "n1a", 3)
    living_here(t, "司马南", "s1a", 4)
    for side, own, other in (
        ("north", ("欧阳*",), ("南", "司马")),
        ("south", ("司马*",), ("北", "欧阳")),
    ):
        actor = desk(t, side)
        assert 'value="flowing"' in site.as_(actor).get("/flowing/?tab=unmatched").content.decode()
        for tab in ("home", "host", "unmatched"):
            data = site.file(actor, "flowing", f"tab={tab}", purpose="核对流动党员")
            text = everything(data)
            for word in other:
                assert word not in text, (side, tab, word)
            assert not MASKED.search(text)
        assert {row[0] for row in site.rows(actor, "flowing", "tab=unmatched")} == set(own)
    marked = everything(site.file(desk(t, "north"), "flowing", "tab=host"))
    assert "范围：北镇及其下级" in marked
    assert "校验码" in marked
    assert Look.objects.filter(purpose="核对流动党员").exists()


def test_who_has_no_such_permission_gets_no_button_and_no_file(site: Site) -> None:
    t = site.t
    leave(t, "北边走的", "n1", 1)
    for actor in (
        t.grid_worker("n1a"),
        t.branch_secretary(),
        t.actor("cunshuji-n1", "village_secretary", t.district.n1),
    ):
        assert 'value="flowing"' not in site.as_(actor).get("/flowing/?tab=unmatched").content.decode()
        assert site.ask(actor, "flowing").status_code == 403
    assert site.ask(desk(t, "north"), "members").status_code == 403  # the roll is another permission


def test_a_branch_secretary_takes_out_the_branchs_own_dues_and_no_other(site: Site) -> None:
    t = site.t
    own, other = t.member("北边人", "n1", 1), t.member("二社区人", "n2", 2)
    for branch, person in ((t.party.n1, own), (t.party.n2, other)):
        record_dues(
            actor=t.organiser(), at=t.at, key=t.key(), branch=branch, month=t.at.date().replace(day=1),
            rows=[NewDues(person.pk, "paid", "low")],
        )  # fmt: skip
    secretary, month = t.branch_secretary("n1"), f"{t.at:%Y-%m}"
    page = site.as_(secretary).get(f"/members/dues?branch={t.party.n1.code}&month={month}").content.decode()
    assert 'value="members_dues"' in page
    assert [row[0] for row in site.rows(secretary, "members_dues", f"branch={t.party.n1.code}&month={month}")] == [
        "北边人"
    ]
    assert set(Look.objects.values_list("person_id", flat=True)) == {own.pk}
    for elsewhere in (t.party.n2, t.party.s1, t.party.north):
        refused = site.ask(secretary, "members_dues", f"branch={elsewhere.code}&month={month}")
        assert refused.status_code == 404
        assert "二社区人" not in refused.content.decode()
    assert site.ask(secretary, "members_dues", f"branch={t.party.n1.code}&month={month}", purpose="").status_code == 422
    assert site.ask(secretary, "members").status_code == 403
    assert site.ask(desk(t, "north"), "members_dues", f"branch={t.party.n1.code}&month={month}").status_code == 403
