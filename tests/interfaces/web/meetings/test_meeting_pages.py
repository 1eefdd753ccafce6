"""Joint meetings in the browser: called, held, decided, corrected, printed; each decision with its task; and its bounds."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.db.models import F, Value
from django.db.models.functions import Concat
from django.test import Client
from tests.factories import estates
from tests.factories import meetings as make
from tests.interfaces.web.estates.people import Browsers, rows
from tests.interfaces.web.test_english_pages import chinese

from genmai.coordination import walking
from genmai.directory.roster.models import Organisation, Person
from genmai.interfaces.web.language import COOKIE
from genmai.interfaces.web.meetings import urls
from genmai.kernel.viewer import Actor
from genmai.processes.cases.models import Case
from genmai.processes.decisions.commands.calling import Item
from genmai.processes.decisions.models import Attendance, Decision, Invitee, Meeting
from genmai.records.deeds.models import Deed

pytestmark = pytest.mark.django_db


def react(b: Browsers) -> None:
    walking.react(actor=Actor.system("test"), at=b.world.at, deeds=Deed.objects.order_by("id"))


def test_a_secretary_calls_holds_and_decides_and_sees_the_task_move(b: Browsers) -> None:
    w = b.world
    secretary = estates.secretary(w)
    about = w.receive(text="电线杆挡住车位", place_id=w.district.places["n2"].pk)
    new = {
        "title": "停车联席会", "starts_at": "2026-03-02T14:00", "room": "二楼", "bodies": [str(w.district.dept.public_id)],
        "topics": f"{about.number}\n停车棚充电", "seat_micro_grid_head": "王网格",
    }  # fmt: skip
    assert b.post(secretary, "/meetings/new", **{**new, "topics": " "}).status_code == 422
    url = b.post(secretary, "/meetings/new", **new).headers["Location"]
    page = b.get(w.dept, url)
    for said in ("停车联席会", "停车棚充电", "微网格长 王网格", "2026年3月2日"):
        assert said in page
    assert about.number not in page, "the department does not see the matter talked about"
    assert about.number in b.get(secretary, url)
    w.later(hours=6)
    invitees = Invitee.objects.count()
    marks = {f"mark_{n}": "present" for n in range(invitees)}
    assert b.post(secretary, f"{url}hold", mark_0="present").status_code == 422
    assert b.post(secretary, f"{url}hold", **marks, minutes="都同意").status_code == 302
    item = Meeting.objects.get().items.get(order=1)
    decision = {
        "text": "移到花坛外",
        "responsible": w.district.dept.public_id,
        "helping": [w.district.north.public_id],
        "due_on": "2026-03-20",
        "item": item.public_id,
    }
    assert b.post(secretary, f"{url}decide", **{**decision, "due_on": "2026-03-01"}).status_code == 422
    assert b.post(secretary, f"{url}decide", **decision, seen=1).status_code == 422
    assert b.post(secretary, f"{url}decide", **decision).status_code == 302
    assert "任务马上就到" in b.get(secretary, url)
    react(b)
    assert "还没人接" in b.get(secretary, url)
    task = Case.objects.get(external_source="joint_meeting")
    w.do("accept", task)
    assert "正在办" in b.get(w.dept, url)
    assert task.parent_id == about.pk


def test_attendance_and_decisions_are_corrected_by_later_records(b: Browsers) -> None:
    w = b.world
    secretary, meeting = estates.secretary(w), make.held(w)
    make.decide(w, meeting)
    react(b)
    url, invitee = f"/meetings/{meeting.public_id}/", Invitee.objects.order_by("id")[0]
    assert b.post(secretary, f"{url}mark/{invitee.public_id}", to="absent").status_code == 302
    assert b.post(secretary, f"{url}mark/{invitee.public_id}", to="excused").status_code == 302
    assert b.post(secretary, f"{url}mark/{invitee.public_id}", to="nonsense").status_code == 422
    assert Attendance.objects.filter(invitee=invitee).count() == 3
    assert "更正过" in b.get(secretary, url)
    correct = f"/meetings/decisions/{Decision.objects.get().public_id}/correct"
    assert "电线杆移到花坛外" in b.get(secretary, correct)
    typed = {"text": "移到北侧", "responsible": w.district.dept.public_id, "due_on": "2026-03-25", "item": ""}
    assert b.post(secretary, correct, **typed).status_code == 302
    page = b.get(secretary, url)
    assert "移到北侧" in page
    assert "电线杆移到花坛外" in page
    assert "还没人接" in page, "the task of the first decision stays in sight"
    newer = Decision.objects.get(corrects__isnull=False)
    assert b.post(secretary, f"/meetings/decisions/{newer.public_id}/correct", take_back="1").status_code == 302
    assert "已撤回" in b.get(secretary, url)


def test_the_minutes_have_attendance_at_the_head(b: Browsers) -> None:
    w = b.world
    meeting = make.hold(w, make.call(w, w.district.dept, w.district.north), "present", "excused", "absent")
    make.decide(w, meeting)
    page = b.get(w.town, f"/meetings/{meeting.public_id}/minutes")
    order = [
        page.index(word)
        for word in ("<dt>出席</dt>", "区公路局", "<dt>请假</dt>", "<dt>没到</dt>", "<h2>议题</h2>", "<h2>决定</h2>")
    ]
    assert order == sorted(order)


def test_moved_and_called_off(b: Browsers) -> None:
    w = b.world
    meeting, secretary = make.call(w), estates.secretary(w)
    url = f"/meetings/{meeting.public_id}/"
    assert b.post(secretary, f"{url}move", starts_at="x").status_code == 422
    assert b.post(secretary, f"{url}move", starts_at="2026-03-03T09:00", room="一楼").status_code == 302
    assert b.post(secretary, f"{url}cancel", why="").status_code == 422
    assert b.post(secretary, f"{url}cancel", why="人到不齐").status_code == 302
    page = b.get(w.dept, url)
    assert "人到不齐" in page
    assert "<form" not in page.partition("<main")[2].partition("</main")[0]


def test_lists_narrow_and_queries_stay_the_same(b: Browsers) -> None:
    w = b.world
    meeting = make.held(w, items=(Item("一", w.receive().public_id), Item("二")))
    make.decide(w, meeting)
    react(b)
    wanted = ("/meetings/", f"/meetings/{meeting.public_id}/", f"/meetings/{meeting.public_id}/minutes")
    secretary = estates.secretary(w)
    before = {url: b.queries(secretary, url) for url in wanted}
    for number in range(4):
        make.call(w, title=f"第 {number} 次")
        make.decide(w, meeting, w.district.north, helping=(w.district.dept.public_id,))
    react(b)
    for url, asked in before.items():
        assert b.queries(secretary, url) <= asked + 1, url  # one for the names of those who help
        assert asked <= 24, (url, asked)
    assert len(rows(b.get(secretary, "/meetings/"))) == 5
    assert rows(b.get(secretary, "/meetings/?state=held")) == ["小区停车联席会"]


def test_another_town_sees_nothing_of_it_on_any_address(b: Browsers) -> None:
    w = b.world
    meeting = make.held(w)
    make.decide(w, meeting)
    m, nobody = f"/meetings/{meeting.public_id}", str(UUID(int=7))
    invitee, decision = Invitee.objects.all()[0].public_id, Decision.objects.get().public_id
    named = {
        "meeting": f"{m}/", "meeting_minutes": f"{m}/minutes", "meeting_move": f"{m}/move", "meeting_cancel": f"{m}/cancel",
        "meeting_hold": f"{m}/hold", "meeting_decide": f"{m}/decide", "meeting_mark": f"{m}/mark/{invitee}",
        "meeting_correct": f"/meetings/decisions/{decision}/correct",
    }  # fmt: skip
    assert {p.name for p in urls.urlpatterns} == set(named) | {"meetings", "meeting_new"}
    for name, url in named.items():
        for one in (url, url.replace(str(meeting.public_id), nobody).replace(str(decision), nobody)):
            for answer in (b.as_(w.south).get(one), b.post(w.south, one, to="absent", text="偷")):
                assert answer.status_code in (404, 405), (name, one, answer.status_code)
                assert "停车" not in answer.content.decode()
        assert Client().get(url).status_code in (302, 405)
    assert rows(b.get(w.south, "/meetings/")) == []
    assert b.as_(w.grid).get("/meetings/").status_code == 403
    assert b.as_(w.dept).get("/meetings/new").status_code == 403
    assert b.post(w.dept, f"{m}/decide", text="x").status_code == 403


def test_the_empty_list_says_what_will_come(b: Browsers) -> None:
    assert "还没有联席会议" in b.get(b.world.town, "/meetings/")


def test_in_english_no_chinese_of_ours_is_left(b: Browsers) -> None:
    w = b.world
    meeting = make.held(w)
    make.decide(w, meeting, text="Move it")
    open_one = make.call(w, title="Next")
    for model, fields in ((Meeting, ("title", "room", "minutes")), (Invitee, ("name",))):
        model.objects.update(**dict.fromkeys(fields, "Told"))
    meeting.items.update(title="Topic")
    Organisation.objects.update(name=Concat(Value("Body "), F("code")), short_name=Concat(Value("Body "), F("code")))
    client = b.as_(estates.secretary(w))
    Person.objects.update(display_name="Somebody")
    open_one.items.update(title="Topic")
    client.cookies[COOKIE] = "en"
    addresses = ["/meetings/", "/meetings/new", f"/meetings/decisions/{Decision.objects.get().public_id}/correct"]
    addresses += [f"/meetings/{one.public_id}/{page}" for one in (meeting, open_one) for page in ("", "minutes")]
    assert {url: found for url in addresses if (found := chinese(client.get(url)))} == {}


def test_who_is_asked_reads_it_among_their_notices(b: Browsers) -> None:
    meeting = make.call(b.world)
    estate = estates.with_parties(b.world)
    matter = estates.submit(b.world, estate)
    assert f"/meetings/{meeting.public_id}/" in b.get(b.world.dept, "/inbox/")
    assert f"/estates/matters/{matter.public_id}/" in b.get(estates.secretary(b.world), "/inbox/")
    assert "停车" not in b.get(b.world.south, "/inbox/")
