"""Who may what and where: dated grants over subtrees of today's tree, and the answer to "why"."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests.factories.accounts import account, grant, staff, viewer
from tests.factories.organisations import AT, KEY, SETUP, small_district
from tests.factories.residents import resident

from genmai.directory.access import commands, queries
from genmai.directory.access.models import Grant, Look
from genmai.directory.access.roles import PERMISSIONS, ROLES, THREE_PERSONS
from genmai.directory.roster import commands as roster
from genmai.kernel.ids import key_of
from genmai.kernel.refusal import BadInput, NotPermitted, Refused
from genmai.kernel.viewer import NOBODY, Actor, Reach, Viewer
from genmai.processes.cases.flow import FLOW

pytestmark = pytest.mark.django_db
DAY = AT.date()


def test_a_town_sees_its_own_subtree_and_nothing_of_the_other(django_assert_num_queries) -> None:
    d = small_district()
    held = account("desk", "town_desk", d.north)
    with django_assert_num_queries(1):
        desk = queries.viewer_for(held, at=AT)
    for path in (d.north.path, d.n1.path, d.n1a.path, d.n2a.path):
        assert desk.may("cases:dispatch", path)
    for path in (d.south.path, d.s1.path, d.s1a.path, d.district.path, d.dept.path):
        assert not desk.may("cases:view", path, Reach.VIEW)
    assert desk.organisation_ids("cases:view") == (d.north.pk,)
    assert (desk.role, desk.organisation_name, desk.level, desk.path) == ("town_desk", "北镇", 4, d.north.path)


def test_an_id_that_is_the_beginning_of_another_is_not_its_subtree() -> None:
    d = small_district()
    desk = viewer("desk", "town_desk", d.north)
    assert not desk.may("cases:view", d.north.path.rstrip("/") + "0/", Reach.VIEW)


def test_grants_begin_and_end_by_date() -> None:
    d = small_district()
    held = account("dated", "village_cadre", d.s1)
    grant(held, "village_secretary", d.n1, since=DAY + timedelta(days=1), until=DAY + timedelta(days=3))

    def may(days: int) -> bool:
        return queries.viewer_for(held, at=AT + timedelta(days=days)).may("cases:verify", d.n1.path)

    assert [may(day) for day in range(5)] == [False, True, True, False, False]


def test_a_revoked_grant_ends_that_day_and_stays_in_the_books() -> None:
    d = small_district()
    held = account("old", "town_desk", d.north)
    commands.revoke(actor=SETUP, at=AT, key=KEY, grant_id=Grant.objects.get().pk, on=DAY)
    assert queries.viewer_for(held, at=AT).grants == ()
    assert queries.viewer_for(held, at=AT - timedelta(days=1)).role == "town_desk"
    assert Grant.objects.count() == 1


def test_capture_view_and_search_really_differ() -> None:
    d = small_district()
    only = {
        reach: viewer(f"only-{reach}", "town_desk", d.north, **{r.value: r is reach for r in Reach}) for reach in Reach
    }
    for given, asked in ((a, b) for a in Reach for b in Reach):
        assert only[given].may("cases:handle", d.n1.path, asked) is (given is asked)
        assert bool(only[given].organisation_ids("cases:view", asked)) is (given is asked)


def test_permission_follows_todays_tree() -> None:
    d = small_district()
    north, south = account("north", "town_desk", d.north), account("south", "town_desk", d.south)
    on = date(2026, 4, 1)
    roster.move(
        actor=SETUP,
        at=AT + timedelta(days=40),
        key=KEY,
        organisation=d.n1,
        parent=d.south,
        on=on,
        document="甬民〔2026〕1号",
    )
    secretary = account("shuji", "village_secretary", d.n1)
    later = AT + timedelta(days=60)
    new_path = queries.viewer_for(secretary, at=later).path
    assert queries.viewer_for(secretary, at=AT).path == d.n1.path != new_path
    assert queries.viewer_for(south, at=later).may("cases:view", new_path, Reach.VIEW)
    assert not queries.viewer_for(north, at=later).may("cases:view", new_path, Reach.VIEW)


def test_several_grants_add_up_and_one_acts_for_one_organisation() -> None:
    d = small_district()
    held = account("two", "village_secretary", d.n1)
    grant(held, "grid_worker", d.s1a)
    both = queries.viewer_for(held, at=AT)
    assert set(both.organisation_ids("cases:view")) == {d.n1.pk, d.s1a.pk}
    assert both.organisation_ids("cases:verify") == (d.n1.pk,)
    assert both.organisation_id == d.n1.pk
    assert queries.viewer_for(held, at=AT, acting_for=d.s1a.pk).organisation_name == "东村第一网格"
    assert queries.viewer_for(held, at=AT, acting_for=d.dept.pk).organisation_id == d.n1.pk


def test_a_grant_inside_another_of_the_same_right_adds_no_second_subtree() -> None:
    d = small_district()
    held = account("inside", "village_secretary", d.n1)
    grant(held, "town_desk", d.north)
    assert queries.viewer_for(held, at=AT).organisation_ids("cases:view") == (d.north.pk,)


def test_without_a_grant_one_may_sign_in_and_sees_nothing(django_assert_max_num_queries) -> None:
    d = small_district()
    made = commands.create_account(actor=SETUP, at=AT, key=KEY, login="new", person_id=staff("新人").pk)
    with django_assert_max_num_queries(2):
        new = queries.viewer_for(made, at=AT)
    assert not new.anonymous
    assert not any(new.may(permission, d.n1.path, reach) for permission in PERMISSIONS for reach in Reach)


def test_a_closed_account_may_nothing() -> None:
    d = small_district()
    held = account("gone", "district_office", d.district)
    commands.close_account(actor=SETUP, at=AT, key=KEY, account=held)
    assert queries.viewer_for(held, at=AT).grants == ()


def test_who_keeps_the_system_sees_no_cases_and_nobody_else_keeps_accounts() -> None:
    for key in THREE_PERSONS:
        assert not {p for p in ROLES[key].permissions if p.startswith("cases:") or p == "people:reveal"}
    assert [r.key for r in ROLES.values() if "accounts:manage" in r.permissions] == ["security_administrator"]
    assert [r.key for r in ROLES.values() if "security:view" in r.permissions] == ["security_auditor"]


def test_every_right_the_case_flow_asks_for_is_held_by_somebody_and_known_by_a_word() -> None:
    asked = {row.who for row in FLOW.table}
    held = {permission for role in ROLES.values() for permission in role.permissions}
    assert asked <= held
    assert held == set(PERMISSIONS)


def test_no_administrator_grants_to_themselves() -> None:
    d = small_district()
    held = account("root", "security_administrator", d.district)
    root = Actor.staff(queries.viewer_for(held, at=AT))
    base = {"at": AT, "key": KEY, "role": "district_office", "organisation_id": d.district.pk, "valid_from": DAY}
    with pytest.raises(NotPermitted, match="另一位安全管理员"):
        commands.grant(actor=root, account_id=held.pk, **base)
    other = account("other", "grid_worker", d.n1a)
    commands.grant(actor=root, account_id=other.pk, **base)
    with pytest.raises(NotPermitted):
        commands.grant(actor=Actor.staff(queries.viewer_for(other, at=AT)), account_id=held.pk, **base)
    with pytest.raises(BadInput) as unknown:
        commands.grant(actor=root, account_id=other.pk, **{**base, "role": "emperor"})
    assert "town_desk" in unknown.value.allowed


# -- why ---------------------------------------------------------------------------------------------------------------


def why(viewer: Viewer, permission: str, path: str, reach: Reach = Reach.VIEW) -> tuple[bool, str]:
    answer = queries.why(viewer, permission=permission, path=path, reach=reach)
    return answer.allowed, str(answer)


def test_why_says_which_grant_reaches_and_which_does_not(django_assert_max_num_queries) -> None:
    d = small_district()
    desk = viewer("desk", "town_desk", d.north)
    with django_assert_max_num_queries(1):
        assert why(desk, "cases:view", d.n1.path) == (True, "您是北镇的镇街指挥室，在北镇及其下级可以“查看事项”")
    assert why(desk, "cases:view", d.s1.path) == (
        False,
        "您是北镇的镇街指挥室，只能在北镇及其下级“查看事项”；这里不在这个范围内",
    )


def test_why_says_who_has_the_right_and_what_a_grant_leaves_out() -> None:
    d = small_district()
    worker = viewer("worker", "grid_worker", d.n1a)
    allowed, said = why(worker, "cases:dispatch", d.n1a.path, Reach.CAPTURE)
    assert not allowed
    assert said == "您的角色是网格员，不含“分派事项”；有这项权限的是村社书记、镇街指挥室、区社会治理中心"
    reader = viewer("reader", "town_desk", d.north, capture=False)
    assert why(reader, "cases:handle", d.n1.path, Reach.CAPTURE) == (
        False,
        "您是北镇的镇街指挥室，但这项授权不含登记和办理",
    )
    assert why(NOBODY, "cases:view", d.n1.path) == (False, "您还没有登录")


@pytest.mark.parametrize("reach", list(Reach))
def test_why_never_disagrees_with_the_check(reach: Reach) -> None:
    d = small_district()
    people = [viewer(role, role, d.bodies[where]) for role, where in zip(ROLES, [*d.bodies], strict=False)]
    for person in people:
        for permission in PERMISSIONS:
            for body in d.bodies.values():
                assert why(person, permission, body.path, reach)[0] is person.may(permission, body.path, reach)


# -- looks -------------------------------------------------------------------------------------------------------------


def reveal(viewer: Viewer, person_id: int, path: str, purpose: str = "回电话了解情况") -> object:
    return commands.reveal(
        actor=Actor.staff(viewer), at=AT, key=KEY, person_id=person_id, path=path, purpose=purpose, source="case 1"
    )


def test_clear_text_needs_a_purpose_and_leaves_a_look_that_the_person_can_read() -> None:
    d = small_district()
    person = resident()
    secretary = viewer("shuji", "village_secretary", d.n1)
    with pytest.raises(BadInput, match="用途"):
        reveal(secretary, person.pk, d.n1.path, purpose=" ")
    clear = reveal(secretary, person.pk, d.n1.path)
    assert (clear.name, clear.phone) == ("王大明", "13805741234")
    other = commands.reveal(
        actor=Actor.staff(secretary), at=AT, key=key_of("another look"), person_id=resident("13905740000", "李小红").pk,
        path=d.n1.path, purpose="回访", source="case 2",
    )  # fmt: skip
    assert other.name == "李小红"
    (seen,) = queries.looks_at_person(Viewer(person_id=person.pk), person_id=person.pk)
    assert (seen.who, seen.organisation, seen.purpose) == ("shuji的人", "北一村", "回电话了解情况")
    with pytest.raises(NotPermitted):
        queries.looks_at_person(Viewer(person_id=person.pk + 1), person_id=person.pk)
    with pytest.raises(NotPermitted):
        queries.looks_at_person(NOBODY, person_id=person.pk)


def test_who_may_not_see_leaves_no_look_and_sees_nothing() -> None:
    d = small_district()
    person = resident()
    outside = viewer("other", "village_secretary", d.s1)
    for who in (outside, viewer("grid", "grid_worker", d.n1a), viewer("root", "administrator", d.district), NOBODY):
        with pytest.raises(NotPermitted):
            reveal(who, person.pk, d.n1a.path)
    assert Look.objects.count() == 0


def test_looks_cannot_be_changed_or_taken_back() -> None:
    from django.db import DatabaseError, transaction

    d = small_district()
    reveal(viewer("shuji", "village_secretary", d.n1), resident().pk, d.n1.path)
    for change in (lambda: Look.objects.update(purpose="x"), lambda: Look.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert Look.objects.get().purpose == "回电话了解情况"


def test_of_a_forgotten_person_nothing_can_be_revealed() -> None:
    d = small_district()
    person = resident()
    secretary = viewer("shuji", "village_secretary", d.n1)
    roster.forget(actor=SETUP, at=AT, key=KEY, person=person)
    with pytest.raises(Refused) as refused:
        reveal(secretary, person.pk, d.n1.path)
    assert refused.value.code == "forgotten"


# -- security log ------------------------------------------------------------------------------------------------------


def test_the_security_log_is_kept_six_months_and_read_by_the_auditor_or_for_oneself() -> None:
    d = small_district()
    auditor, desk = viewer("audit", "security_auditor", d.district), viewer("desk", "town_desk", d.north)
    for login, days in (("desk", 0), ("desk", 200), ("x", 1)):
        commands.record_security_event(
            actor=SETUP, at=AT - timedelta(days=days), key=KEY, kind="signed_in", login=login, address="::1"
        )
    assert [e.login for e in queries.security_events(auditor)] == ["desk", "x", "desk"]
    assert [e.login for e in queries.security_events(desk)] == ["desk", "desk"]
    assert queries.security_events(auditor, own=True) == []
    with pytest.raises(NotPermitted):
        queries.security_events(NOBODY)
    assert commands.prune_security_events(actor=SETUP, at=AT, key=KEY) == 1
    assert len(queries.security_events(auditor)) == 2


def test_accounts_are_made_in_bulk_with_a_grant_each_and_no_password_matches() -> None:
    d = small_district()
    people = [staff(f"工{n}") for n in range(3)]
    rows = [commands.NewAccount(f"w{n}", p.pk, "grid_worker", d.n1a.pk) for n, p in enumerate(people)]
    made = commands.create_accounts(actor=SETUP, at=AT, key=KEY, rows=rows, valid_from=DAY)
    assert [queries.viewer_for(a, at=AT).role for a in made] == ["grid_worker"] * 3
    assert not any(a.has_usable_password() or a.check_password("") for a in made)
    with pytest.raises(BadInput):
        commands.create_account(actor=SETUP, at=AT, key=KEY, login="w0", person_id=people[1].pk)
