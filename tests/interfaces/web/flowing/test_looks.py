"""A masked number is shown for a stated reason, that is written first; each side sees its own person's alone."""

from __future__ import annotations

import pytest
from tests.interfaces.web.flowing.site import Site, told

from genmai.directory.access.models import Look
from genmai.processes.registers.models import Candidate, FlowRecord

pytestmark = pytest.mark.django_db


def test_a_look_without_a_reason_is_refused_on_the_page(site: Site) -> None:
    candidate, worker = told(site.t), site.t.grid_worker()
    url = f"/flowing/candidates/{candidate.public_id}/"
    assert 'class="reveal' in site.get(worker, url)
    refused = site.post(worker, f"{url}look", purpose=" ")
    page = refused.content.decode()
    assert (refused.status_code, "请先写明查看的用途" in page, "王建国" in page) == (422, True, False)
    assert Look.objects.count() == 0
    shown = site.post(worker, f"{url}look", purpose="上门联系").content.decode()
    assert "王建国" in shown
    assert 'class="reveal' not in shown
    assert Look.objects.get().purpose == "上门联系"


def test_each_side_sees_its_own_persons_number_for_a_reason(site: Site) -> None:
    t = site.t
    member = t.member("王建国", number=1, phone="13805740009")
    Candidate.objects.filter(pk=told(t, 1).pk).update(member=member)
    site.post(
        t.grid_worker(), f"/flowing/candidates/{Candidate.objects.get().public_id}/do/declare", way="visit",
        home_said="北一", seen=1,
    )  # fmt: skip
    record = FlowRecord.objects.get()
    url = f"/flowing/records/{record.public_id}/"
    worker, secretary = t.grid_worker(), t.branch_secretary()
    assert 'class="reveal' not in site.get(secretary, url)  # not confirmed yet: no member of theirs
    assert site.post(secretary, f"{url}look", purpose="联系").status_code == 404
    site.post(secretary, f"{url}do/confirm", member=str(member.public_id), seen=record.version)
    for actor, own, other in ((worker, "13805740001", "13805740009"), (secretary, "13805740009", "13805740001")):
        page = site.get(actor, url)
        assert 'class="reveal' in page
        assert 'value="和流动党员联系"' in page
        assert own not in page
        refused = site.post(actor, f"{url}look", purpose="")
        assert (refused.status_code, own in refused.content.decode()) == (422, False)
        shown = site.post(actor, f"{url}look", purpose="每月联系")
        assert own in shown.content.decode()
        assert other not in shown.content.decode()
        assert shown.headers["Cache-Control"] == "no-store"
    record.refresh_from_db()
    assert set(Look.objects.values_list("person_id", "purpose")) == {
        (record.resident_id, "每月联系"), (member.pk, "每月联系"),
    }  # fmt: skip
    stranger = t.actor("wangge-n2", "grid_worker", t.district.n2a)
    assert site.post(stranger, f"{url}look", purpose="看看").status_code == 404
