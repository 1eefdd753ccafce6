"""Every verb of the flow goes through its form, is refused to others, and is offered only when it can be done."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from tests.factories.cases import LADDER, WAYS, World
from tests.factories.residents import resident
from tests.interfaces.web.handle_case.desk_people import Desks, text

from genmai.interfaces.jobs.hourly import climbing
from genmai.interfaces.web.handle_case.actions import ACTIONS, NOT_FORMS
from genmai.kernel.viewer import Actor
from genmai.processes.cases.flow import FLOW
from genmai.processes.cases.models import Case
from genmai.records.deeds.models import Deed

pytestmark = pytest.mark.django_db

Who = Callable[[World], Actor]


@dataclass(frozen=True)
class Try:
    """How to come to where a verb can be done, who does it, what they type, the deed that says so."""

    verb: str
    state: str
    who: Who
    typed: dict[str, Any] = field(default_factory=dict)
    deed: str = ""
    first: tuple[str, ...] = ()


def village(w: World) -> Actor:
    return w.village


def town(w: World) -> Actor:
    return w.town


def office(w: World) -> Actor:
    return w.office


def dept(w: World) -> Actor:
    return w.dept


T = {"text": "情况说明"}
TRIES = (
    Try("accept", "dispatched", village, {}, "case.accepted"),
    Try("contact", "in_hand", village, T, "case.contacted"),
    Try("note", "in_hand", village, T, "case.noted"),
    Try("reply", "in_hand", village, {"outcome": "solved", "reached": "on", **T}, "case.replied"),
    Try("send_back", "in_hand", village, {"reason": "not_our_duty", **T}, "case.returned"),
    Try("escalate", "in_hand", village, T, "case.escalated"),
    Try("assist", "in_hand", village, {"bodies": "<dept>", **T}, "case.assist_asked"),
    Try("call_in", "in_hand", village,
        {"call_kind": "enforcement", "bodies": "<dept>", "why_town_cannot": "没有执法权", **T}, "case.called"),
    Try("respond", "in_hand", dept, {"wrong": ""}, "case.responded", ("call_in",)),
    Try("arrive", "in_hand", dept, {}, "case.arrived", ("call_in",)),
    Try("conclude", "in_hand", dept, T, "case.concluded", ("call_in", "arrive")),
    Try("release", "in_hand", village, {"body": "<body>", **T}, "case.released", ("assist",)),
    Try("ask_extension", "in_hand", village, {"amount": "2", **T}, "case.extension_asked"),
    Try("ask_suspension", "in_hand", village, {"reason": "waiting_funds", **T}, "case.suspension_asked"),
    Try("decide_extension", "in_hand", town, {"granted": "yes"}, "case.extended", ("ask_extension",)),
    Try("decide_extension", "in_hand", town, {"granted": "no", **T}, "case.extension_refused", ("ask_extension",)),
    Try("decide_suspension", "in_hand", town, {"granted": "yes"}, "case.suspended", ("ask_suspension",)),
    Try("decide_suspension", "in_hand", town, {"granted": "no", **T}, "case.suspension_refused", ("ask_suspension",)),
    Try("resume", "suspended", village, {}, "case.resumed"),
    Try("object", "dispatched", village, {"reason": "not_our_duty", **T}, "case.objected"),
    Try("decide_objection", "objected", office, {"granted": "yes"}, "case.objection_upheld"),
    Try("decide_objection", "objected", office, {"granted": "no", **T}, "case.objection_rejected"),
    Try("classify", "in_hand", town, {"category": "010204", "urgency": "urgent"}, "case.classified"),
    Try("dispatch", "received", town, {"to": "<village>"}, "case.dispatched"),
    Try("reassign", "dispatched", town, {"to": "<grid>", **T}, "case.reassigned"),
    Try("take_on", "received", town, {}, "case.taken_on"),
    Try("take_back", "dispatched", town, {}, "case.taken_back"),
    Try("chase", "in_hand", office, T, "case.chased"),
    Try("promise", "in_hand", dept, {"on": "2026-03-20", **T}, "case.part_promised", ("call_in", "arrive")),
    Try("decline", "received", town, {"reason": "court"}, "case.declined"),
    Try("answer_at_once", "received", town, {"outcome": "explained", **T}, "case.replied"),
    Try("verify", "replied", town, {}, "case.verified"),
    Try("rework", "replied", town, T, "case.rework_asked"),
    Try("visit", "verified", town,
        {"caller": "<caller>", "reached": "yes", "fixed": "yes", "satisfaction": "3"}, "case.visited"),
    Try("judge", "verified", town, {"caller": "<caller>", "fixed": "yes", "satisfaction": "3"}, "case.judged"),
    Try("close", "verified", town, {"reason": "solved"}, "case.closed"),
    Try("reopen", "closed", town, T, "case.reopened"),
    Try("merge", "received", town, {"into": "<other>"}, "case.merged"),
    Try("unmerge", "merged", town, {}, "case.unmerged"),
    Try("flag_call", "in_hand", dept, {"reason": "town_could", **T}, "case.call_flagged", ("call_in",)),
    Try("answer_flag", "in_hand", town, {"body": "<body>", "granted": "yes"}, "case.call_withdrawn", ("call_in", "flag_call")),
    Try("answer_flag", "in_hand", town, {"body": "<body>", "granted": "no", **T}, "case.call_insisted", ("call_in", "flag_call")),
    Try("decide_flag", "in_hand", office, {"body": "<body>", "granted": "yes"}, "case.flag_upheld",
        ("call_in", "flag_call", "insist_call")),
    Try("decide_flag", "in_hand", office, {"body": "<body>", "granted": "no", **T}, "case.flag_rejected",
        ("call_in", "flag_call", "insist_call")),
    Try("rate_call", "in_hand", dept, {"says_needed": "good", "says_prepared": "fair"}, "case.call_scored",
        ("call_in", "arrive", "conclude")),
    Try("rate_call", "in_hand", town, {"says_in_time": "good", "says_stayed": "good", "says_solved": "poor", **T},
        "case.call_scored", ("call_in", "arrive", "conclude")),
    Try("ask_bank", "in_hand", village, {"reason": "funds", **T}, "case.bank_asked"),
    Try("decide_bank", "in_hand", town, {"granted": "yes", **T}, "case.banked", ("ask_bank",)),
    Try("decide_bank", "in_hand", town, {"granted": "no", **T}, "case.bank_refused", ("ask_bank",)),
    Try("review_bank", "banked", village, T, "case.bank_reviewed"),
    Try("unbank", "banked", village, T, "case.unbanked"),
    Try("raise_bank", "banked", village, T, "case.escalated"),
    Try("close_banked", "banked", town, {"reason": "promised", "promised_until": "2026-12-31", **T}, "case.closed"),
    Try("decide_climb", "in_hand", town, {"granted": "yes"}, "case.escalated", ("<climb>",)),
    Try("decide_climb", "in_hand", town, {"granted": "no", **T}, "case.climb_refused", ("<climb>",)),
    Try("split", "in_hand", town, {"to_1": "<grid>", "text_1": "先把灯换了", "to_2": "<village>", "text_2": "查线路"},
        "case.split"),
    Try("attach", "in_hand", town, {"number": "<other number>"}, "case.attached"),
    Try("detach", "in_hand", town, {}, "case.detached", ("attach",)),
    Try("call_off", "<child>", town, T, "case.called_off"),
)  # fmt: skip


def test_every_verb_is_tried() -> None:
    assert {one.verb for one in TRIES} == set(ACTIONS)
    carried = {step for action in ACTIONS.values() for step in action.steps}
    assert carried == {row.verb for row in FLOW.table} - NOT_FORMS


def filled(d: Desks, case: Case, typed: dict[str, Any]) -> dict[str, Any]:
    """Names in angle brackets become public ids."""
    w = d.world
    known: dict[str, Callable[[], object]] = {
        "<dept>": lambda: w.district.dept.public_id,
        "<village>": lambda: w.district.n1.public_id,
        "<grid>": lambda: w.district.n1a.public_id,
        "<body>": lambda: w.body(case),
        "<caller>": lambda: w.caller(case),
        "<other>": lambda: w.receive(text="同一盏路灯").public_id,
        "<other number>": lambda: w.receive(text="一条街的路灯").number,
    }
    return {name: str(known[value]()) if value in known else value for name, value in typed.items()}


def prepared(d: Desks, one: Try) -> Case:
    if one.verb == "decide_climb":
        d.world.mechanism = LADDER
    case = d.world.at_state("in_hand" if one.state == "<child>" else one.state)
    if one.state == "<child>":
        d.world.do("split", case)
        return case.children.get()
    for verb in one.first:
        if verb == "<climb>":
            d.world.later(days=10)
            climbing.run(at=d.world.at)
        else:
            d.world.do(verb, case)
    return case


@pytest.mark.parametrize("one", TRIES, ids=lambda one: f"{one.verb}-{one.deed}")
def test_a_verb_is_offered_and_done_by_its_form(d: Desks, one: Try) -> None:
    case = prepared(d, one)
    actor, typed = one.who(d.world), filled(d, case, one.typed)
    asked = "?do=merge" if one.verb == "merge" else ""  # what may be joined is looked for once it is asked for
    page = text(d.page(actor, case, asked))
    assert f'action="/cases/{case.public_id}/do/{one.verb}"' in page
    answer = d.do(actor, case, one.verb, **typed)
    assert answer.status_code == 302, re.findall(r'class="error"[^>]*>.*?</p>|<strong>.*?</strong>', text(answer))
    assert Deed.objects.filter(source_id=case.public_id, kind=one.deed).exists()


@pytest.mark.parametrize("state", sorted(WAYS))
def test_what_is_offered_can_be_done_and_what_is_not_is_refused(d: Desks, state: str) -> None:
    """The buttons on the page are exactly what the commands allow: no button that refuses, no hidden right."""
    case = d.world.at_state(state)
    for actor in (d.world.village, d.world.town, d.world.office):
        page = text(d.page(actor, case))
        for verb in FLOW.verbs(state):
            if verb in {"judge", "merge", "unmerge"} | NOT_FORMS:
                continue  # a reporter's own act; two cases at once: tried above
            action = next(a for a in ACTIONS.values() if verb in a.steps)
            offered = f"/do/{action.verb}" in page
            assert offered == _allowed(d, actor, case, verb), (actor.name, verb)


def _allowed(d: Desks, actor: Actor, case: Case, verb: str) -> bool:
    from django.db import transaction

    from genmai.kernel.refusal import NotFound, NotPermitted, Refused

    try:
        with transaction.atomic():
            d.world.do(verb, case, actor=actor)
            transaction.set_rollback(True)
    except (NotPermitted, NotFound):
        return False
    except Refused as refused:
        return refused.code in ("unknown_category", "not_on_the_spot")
    return True


def test_two_people_at_once_the_second_is_told_and_loses_no_word(d: Desks) -> None:
    case = d.world.at_state("in_hand")
    d.do(d.world.village, case, "note", text="先到的人写的")
    late = d.do(d.world.village, case, "reply", seen=case.version, outcome="solved", text="后到的人写了这一大段话")
    assert late.status_code == 409
    assert "后到的人写了这一大段话" in text(late)
    assert "刚才有别人先办了这件事" in text(late)
    assert not Deed.objects.filter(source_id=case.public_id, kind="case.replied").exists()


def test_words_are_kept_when_the_verb_is_gone(d: Desks) -> None:
    case = d.world.at_state("in_hand")
    stale = case.version
    d.do(d.world.village, case, "reply", outcome="solved", text="先办好了")
    late = d.do(d.world.village, case, "escalate", seen=stale, text="后到的人写了这一大段话")
    assert late.status_code in (400, 409)
    assert "后到的人写了这一大段话" in text(late)


def test_a_field_at_fault_has_its_message_and_nothing_is_written(d: Desks) -> None:
    case = d.world.at_state("in_hand")
    before = Deed.objects.count()
    answer = d.do(d.world.village, case, "reply", outcome="promised", text="下周装好")
    assert answer.status_code == 422
    assert 'id="reply_promised_until_error"' in text(answer)
    assert "下周装好" in text(answer)
    assert Deed.objects.count() == before
    empty = d.do(d.world.village, case, "escalate", text="")
    assert empty.status_code == 422
    assert 'id="escalate_text_error"' in text(empty)


def test_a_form_posted_twice_acts_once(d: Desks) -> None:
    case = d.world.at_state("in_hand")
    client, key = d.as_(d.world.village), str(d.world.key())
    for _ in range(2):
        posted = {"key": key, "seen": str(case.version), "text": "只记一次"}
        assert client.post(f"/cases/{case.public_id}/do/note", posted).status_code == 302
    assert Deed.objects.filter(source_id=case.public_id, kind="case.noted").count() == 1


def test_the_base_is_refused_department_work_at_the_field_with_the_rule(d: Desks) -> None:
    case = d.world.at_state("received", category="010201")
    answer = d.do(d.world.town, case, "dispatch", to=str(d.world.district.n1.public_id))
    assert answer.status_code == 400
    found = re.search(r'id="dispatch_to_error">.*?</p>', text(answer), re.S)
    assert found is not None
    assert "国办函〔2025〕66号" in found.group()


def test_a_merge_can_be_taken_back_from_the_toast_and_from_the_survivor(d: Desks) -> None:
    case, other = d.world.at_state("received"), d.world.receive(text="同一盏路灯")
    client = d.as_(d.world.town)
    d.do(d.world.town, case, "merge", into=str(other.public_id))
    toast = text(client.get("/cases/"))
    assert f'action="/cases/{case.public_id}/do/unmerge"' in toast
    assert "再分出来" in text(d.page(d.world.town, other))
    d.do(d.world.town, case, "unmerge")
    assert Case.objects.get(pk=case.pk).state == "received"


def test_the_red_button_is_one_and_only_for_whose_move_it_is(d: Desks) -> None:
    case = d.world.at_state("dispatched")
    assert text(d.page(d.world.village, case)).count("button primary") == 1
    for somebody in (d.world.town, d.world.office):
        assert text(d.page(somebody, case)).count("button primary") == 0


def test_names_and_numbers_are_masked_until_a_purpose_is_given(d: Desks) -> None:
    person = resident("13812345678", "王小明")
    case = d.world.at_state("in_hand", person_id=person.pk)
    page = text(d.page(d.world.village, case))
    assert "王**" in page
    assert "13812345678" not in page
    caller = d.world.caller(case)
    url = f"/cases/{case.public_id}/callers/{caller}/contact"
    client = d.as_(d.world.village)
    refused = client.post(url, {"key": str(d.world.key()), "purpose": ""})
    assert "13812345678" not in text(refused)
    shown = client.post(url, {"key": str(d.world.key()), "purpose": "约时间上门"})
    assert "13812345678" in text(shown)
    assert "王小明" in text(shown)
    assert "no-store" in shown.headers["Cache-Control"]
    from genmai.directory.access.models import Look

    assert list(Look.objects.filter(person=person).values_list("purpose", flat=True)) == ["约时间上门"]


def test_grid_workers_do_not_see_numbers_in_clear(d: Desks) -> None:
    person = resident("13812345678", "王小明")
    case = d.world.at_state("in_hand", person_id=person.pk, place_id=d.world.district.places["n1a"].pk)
    url = f"/cases/{case.public_id}/callers/{d.world.caller(case)}/contact"
    answer = d.as_(d.world.grid).post(url, {"key": str(d.world.key()), "purpose": "想看看"})
    assert answer.status_code in (403, 404)
    assert "13812345678" not in text(answer)


def test_whoever_answered_is_not_offered_to_verify(d: Desks) -> None:
    """Led by the district, answered by one of its people: another of them may look, the same one may not."""
    case = d.world.at_state("in_hand")
    for verb in ("escalate", "accept", "escalate", "accept", "reply"):
        d.world.do(verb, case)
    assert f"/cases/{case.public_id}/do/verify" not in text(d.page(d.world.office, case))
    assert f"/cases/{case.public_id}/do/verify" in text(d.page(d.world.office_too, case))
    assert d.do(d.world.office, case, "verify").status_code == 403
