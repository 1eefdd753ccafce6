"""Outside the scope every address says 404, as for what does not exist; without signing in it leads to the door."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.test import Client
from tests.interfaces.web.handle_case.desk_people import Desks, text

from genmai.interfaces.web.dispatch_desk import urls as desk_urls
from genmai.interfaces.web.handle_case import urls as case_urls
from genmai.interfaces.web.handle_case.actions import ACTIONS
from genmai.interfaces.web.my_work import urls as work_urls
from genmai.processes.cases.models import Attachment, Case, Milestone
from genmai.records.deeds.models import Deed

pytestmark = pytest.mark.django_db
SHA = "ab" * 32


def with_picture(d: Desks) -> Case:
    case = d.world.at_state("in_hand")
    Attachment.objects.create(
        case=case, sha256=SHA, media_type="image/jpeg", width=1, height=1, size=1, added_at=d.world.at, stage="before"
    )
    return case


def addresses(d: Desks, case: Case) -> dict[str, str]:
    """One address for each pattern that names a case."""
    milestone = Milestone.objects.filter(case=case).values_list("public_id", flat=True)[0]
    return {
        "case": f"/cases/{case.public_id}/",
        "case_do": f"/cases/{case.public_id}/do/note",
        "case_why": f"/cases/{case.public_id}/why",
        "case_limit": f"/cases/{case.public_id}/limits/{milestone}",
        "case_contact": f"/cases/{case.public_id}/callers/{d.world.caller(case)}/contact",
        "case_picture": f"/cases/{case.public_id}/pictures/{SHA}",
        "dispatch_desk": f"/desk/?case={case.public_id}",
        "dispatch_do": f"/desk/{case.public_id}/do/dispatch",
    }


def test_every_address_that_names_a_case_is_tried(d: Desks) -> None:
    named = {p.name for module in (case_urls, desk_urls, work_urls) for p in module.urlpatterns} - {
        "cases",
        "my_work",
        "dispatch_subjects",
        "desk_tabs",
    }
    assert named == set(addresses(d, d.world.at_state("in_hand")))


def test_out_of_scope_is_like_absent(d: Desks) -> None:
    case = with_picture(d)
    client = d.as_(d.world.south)
    for name, url in addresses(d, case).items():
        absent = url.replace(str(case.public_id), str(UUID(int=7)))
        for one in (url, absent):
            for answer in (client.get(one), client.post(one, {"key": str(d.world.key()), "text": "偷看"})):
                assert answer.status_code in (404, 405), (name, one, answer.status_code)
                assert "路灯坏了" not in text(answer)
    assert not Deed.objects.filter(source_id=case.public_id, kind="case.noted").exists()


def test_every_verb_out_of_scope_is_404(d: Desks) -> None:
    case = d.world.at_state("in_hand")
    for verb in ACTIONS:
        assert d.do(d.world.south, case, verb, text="越权").status_code == 404


def test_a_limit_of_another_case_is_not_found(d: Desks) -> None:
    case, other = d.world.at_state("in_hand"), d.world.at_state("in_hand")
    milestone = Milestone.objects.filter(case=other).values_list("public_id", flat=True)[0]
    assert d.as_(d.world.village).get(f"/cases/{case.public_id}/limits/{milestone}").status_code == 404


def test_lists_counts_and_search_show_nothing_from_elsewhere(d: Desks) -> None:
    case = d.world.at_state("received")
    client = d.as_(d.world.south)
    for url in ("/cases/", "/cases/?q=路灯", f"/cases/?q={case.number}", "/inbox/", "/desk/", "/cases/?org=330299001"):
        page = client.get(url)
        assert page.status_code == 200
        assert "路灯坏了" not in text(page)
        assert str(case.public_id) not in text(page)
        assert 'class="count">1<' not in text(page)


def test_without_signing_in_every_address_leads_to_the_door(d: Desks) -> None:
    case = with_picture(d)
    stranger = Client()
    for url in [*addresses(d, case).values(), "/inbox/", "/cases/", "/desk/"]:
        answer = stranger.get(url)
        assert answer.status_code in (302, 405), url
        posted = stranger.post(url, {})
        assert posted.status_code in (302, 405), url


def test_who_may_not_dispatch_has_no_desk(d: Desks) -> None:
    assert d.as_(d.world.grid).get("/desk/").status_code == 404
    assert d.as_(d.world.dept).get("/desk/").status_code == 404


def test_a_department_called_in_sees_the_matter_from_then_on(d: Desks) -> None:
    case = d.world.at_state("in_hand")
    assert d.page(d.world.dept, case).status_code == 404
    d.world.do("call_in", case)
    assert d.page(d.world.dept, case).status_code == 200
