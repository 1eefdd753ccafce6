"""Reporting by the page: without an account, without script; what is wrong is said and nothing typed is lost."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Thread
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image
from tests.factories.accounts import account
from tests.factories.organisations import SmallDistrict, small_district

from genmai.directory.roster.models import Person
from genmai.interfaces.web.report import slips, views
from genmai.kernel.store import Store
from genmai.processes.cases.models import Attachment, Caller, Case, Milestone
from genmai.processes.cases.queries import following

pytestmark = pytest.mark.django_db
PUBLIC = "8.8.4.4"


@pytest.fixture(autouse=True)
def _attachments(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "attachments"


@pytest.fixture(autouse=True)
def _pace() -> Iterator[None]:
    yield
    views.PACE.forget()


@pytest.fixture
def district() -> SmallDistrict:
    return small_district()


def fields(**more: object) -> dict[str, object]:
    usual = {"key": str(uuid4()), "text": "三号楼楼道灯坏了四天", "town": "330299001", "village": "330299001201"}
    return {**usual, **more}


def picture(name: str = "a.jpg", *, exif: Image.Exif | None = None, colour: str = "grey") -> SimpleUploadedFile:
    file = io.BytesIO()
    Image.new("RGB", (60, 40), colour).save(file, "JPEG", **({"exif": exif} if exif else {}))
    return SimpleUploadedFile(name, file.getvalue(), "image/jpeg")


def shown_code(client: Client) -> str:
    found = re.search(r'id="code">([0-9A-Z-]+)<', client.get("/report/thanks").content.decode())
    assert found
    return found[1]


def fault_of(page: str, name: str) -> str:
    found = re.search(rf'id="id_{name}_error">(.*?)</p>', page, re.DOTALL)
    return re.sub(r"<[^>]+>", "", found[1]).strip() if found else ""


# -- what comes of it --------------------------------------------------------------------------------------------------


def test_a_report_makes_a_case_at_its_place_with_the_first_limit_running(
    client: Client, district: SmallDistrict
) -> None:
    answer = client.post("/report", fields(urgency="supply", service="help", place_text="三号楼", wants_answer="no"))
    assert (answer.status_code, answer["Location"]) == (302, "/report/thanks")
    case = Case.objects.get()
    assert (case.channel, case.home, case.holder, case.state) == ("web", district.n1, district.north, "received")
    assert (case.urgency, case.service, case.place_text) == ("supply", "help", "三号楼")
    assert Caller.objects.get().wants_answer is False
    assert Milestone.objects.get().key == "dispatch"


def test_the_town_alone_is_enough_and_a_grid_is_the_narrowest(client: Client, district: SmallDistrict) -> None:
    client.post("/report", fields(village=""))
    client.post("/report", fields(grid="330299001201002"))
    assert list(Case.objects.order_by("id").values_list("home", flat=True)) == [district.north.pk, district.n1b.pk]


def test_the_code_opens_the_matter_and_is_kept_only_as_a_digest(client: Client, district: SmallDistrict) -> None:
    answer = client.post("/report", fields())
    code = shown_code(client)
    assert re.fullmatch(r"([2-9A-HJKMNP-TV-Z]{4}-){2}[2-9A-HJKMNP-TV-Z]{4}", code)
    assert code not in answer["Location"]
    assert bytes(Caller.objects.get().follow_digest) == following.digest(code)
    assert client.post("/follow", {"code": code.lower().replace("-", " ")}).status_code == 302
    assert "三号楼楼道灯坏了四天" in client.get("/follow").content.decode()


def test_no_column_of_the_database_gives_the_code_away(client: Client, district: SmallDistrict) -> None:
    """Neither the code nor the form's key, from which the site could make it again, is written anywhere."""
    sent = fields()
    client.post("/report", sent)
    written = [shown_code(client), shown_code(client).replace("-", ""), str(sent["key"])]
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            rows = " ".join(row[0] for row in cursor.fetchall() if row[0])
            assert not [one for one in written if one in rows], table


def test_the_slip_is_gone_after_a_quarter_of_an_hour_and_never_somebody_elses(
    client: Client, district: SmallDistrict, monkeypatch
) -> None:
    client.post("/report", fields())
    assert Client().get("/report/thanks")["Location"] == "/follow"
    forged = Client()
    forged.cookies[slips.COOKIE] = client.cookies[slips.COOKIE].value[:-2] + "xx"
    assert forged.get("/report/thanks").status_code == 302
    monkeypatch.setattr(slips, "MINUTES", -1)
    assert client.get("/report/thanks").status_code == 302


def test_the_page_after_says_what_comes_next_and_by_when(client: Client, district: SmallDistrict) -> None:
    client.post("/report", fields(urgency="urgent"))
    page = client.get("/report/thanks").content.decode()
    assert "收到后 30 分钟内" in page
    assert "派出后 24 小时内" in page
    assert re.search(r"最晚<time [^>]+>(今天|明天) \d\d:\d\d</time>", page)
    assert "跟您联系" not in page, "nobody can ring who left no number"


# -- twice -------------------------------------------------------------------------------------------------------------


def test_the_same_post_again_makes_no_second_case_and_shows_the_same_code(
    client: Client, district: SmallDistrict
) -> None:
    sent = fields(name="王大明")
    client.post("/report", sent)
    first = shown_code(client)
    client.post("/report", sent)
    assert shown_code(client) == first
    assert Case.objects.count() == Caller.objects.count() == 1
    assert Person.objects.filter(kind="resident").count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_post_from_two_threads_at_once_is_one_case(district: SmallDistrict) -> None:
    sent, codes = fields(name="王大明", phone="13805741234"), []

    def post() -> None:
        client = Client()
        assert client.post("/report", sent).status_code == 302
        codes.append(shown_code(client))
        connection.close()

    threads = [Thread(target=post) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(codes) == 4
    assert len(set(codes)) == 1
    assert Case.objects.count() == Caller.objects.count() == 1


def test_an_old_form_sent_with_other_words_is_another_matter(client: Client, district: SmallDistrict) -> None:
    """A browser gives the old form back with its key: what is written in it now must not vanish."""
    sent = fields()
    client.post("/report", sent)
    first = shown_code(client)
    client.post("/report", {**sent, "text": "路口井盖松了"})
    assert Case.objects.count() == 2
    assert shown_code(client) != first


def test_a_form_without_its_key_is_refused_and_what_was_typed_shown(client: Client, district: SmallDistrict) -> None:
    answer = client.post("/report", fields(key="nothing", text="三号楼楼道灯坏了整整四天"))
    assert answer.status_code == 422
    assert "三号楼楼道灯坏了整整四天" in answer.content.decode()
    assert not Case.objects.exists()


# -- photos ------------------------------------------------------------------------------------------------------------


def test_one_false_photo_of_two_is_named_and_the_other_kept(client: Client, district: SmallDistrict) -> None:
    false = SimpleUploadedFile("发票.jpg", b"%PDF-1.7 no picture", "image/jpeg")
    sent = fields(photos=[picture(), false], place_text="小卖部旁边", name="王大明")
    page = client.post("/report", sent)
    text = page.content.decode()
    assert page.status_code == 422
    assert fault_of(text, "photos").startswith("发票.jpg：这个文件不是图片")
    assert all(f'value="{value}"' in text for value in ("小卖部旁边", "王大明", sent["key"]))
    assert "三号楼楼道灯坏了四天" in text
    tokens = re.findall(r'name="kept" id="kept_\d" value="([^"]+)" checked', text)
    assert len(tokens) == 1
    shown = client.get(f"/report/photo/{tokens[0]}")
    assert (shown.status_code, shown["Content-Type"]) == (200, "image/jpeg")
    assert client.post("/report", {**sent, "photos": [], "kept": tokens}).status_code == 302
    assert Attachment.objects.get().stage == "before"


def test_an_oversize_photo_is_refused_before_it_is_read(client: Client, district: SmallDistrict, monkeypatch) -> None:
    from genmai.interfaces.web.report import photos

    monkeypatch.setattr(photos, "ImageLimits", lambda: photos.reencode.__globals__["ImageLimits"](max_bytes=100))
    answer = client.post("/report", fields(photos=[picture()]))
    assert "太大" in fault_of(answer.content.decode(), "photos")


def test_a_seventh_photo_is_left_out_and_said(client: Client, district: SmallDistrict) -> None:
    colours = ("red", "green", "blue", "black", "white", "grey", "pink")
    answer = client.post("/report", fields(photos=[picture(f"{one}.jpg", colour=one) for one in colours]))
    assert "最多 6 张照片" in fault_of(answer.content.decode(), "photos")
    assert answer.content.decode().count('name="kept"') == 6


def test_where_a_photo_was_taken_does_not_survive(client: Client, district: SmallDistrict, settings) -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8825).update({1: "N", 2: (29.0, 49.0, 1.0), 3: "E", 4: (121.0, 32.0, 2.0)})
    exif[0x010F] = "PhoneMaker"
    file = picture(exif=exif)
    assert b"PhoneMaker" in file.read()
    file.seek(0)
    client.post("/report", fields(photos=[file]))
    data = Store(settings.MEDIA_ROOT).get(Attachment.objects.get().sha256)
    assert not Image.open(io.BytesIO(data)).getexif()
    assert b"PhoneMaker" not in data
    assert b"Exif" not in data


def test_a_token_made_by_nobody_here_shows_and_attaches_nothing(client: Client, district: SmallDistrict) -> None:
    assert client.get("/report/photo/eyJzIjoiMSJ9:1abc:xyz").status_code == 404
    client.post("/report", fields(kept=["eyJzIjoiMSJ9:1abc:xyz", "../../etc/passwd"]))
    assert Case.objects.count() == 1
    assert not Attachment.objects.exists()


# -- bad input ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("text", "", "这里还没有填"),
        ("text", "  \n ", "这里还没有填"),
        ("text", "灯\x00坏了", "看不见的空字符"),
        ("text", "灯" * 9000, "这段文字有 9000 个字，最多 8000 个字"),
        ("place_text", "路" * 121, "最多 120 个字"),
        ("town", "", "请选择事情发生在哪个镇街"),
        ("town", "999", "名单里没有这个镇街"),
        ("village", "330299002201", "不在所选的镇街"),
        ("village", "330299001999", "名单里没有这个村"),
        ("phone", "12", "这个号码打不通"),
        ("urgency", "tomorrow", "这一项现在选不了"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_written(
    client: Client, district: SmallDistrict, field: str, value: str, words: str
) -> None:
    sent = fields(name="王大明", **({"village": ""} if field == "town" else {}))
    answer = client.post("/report", {**sent, field: value})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in fault_of(page, field)
    assert 'value="王大明"' in page
    assert 'role="alert"' in page
    assert not Case.objects.exists()


def test_emoji_rare_characters_and_markup_are_kept_as_written(client: Client, district: SmallDistrict) -> None:
    written = '灯坏了😡👩‍👩‍👧，𠮷家弄 <script>alert(1)</script> & "引号"'
    client.post("/report", fields(text=written))
    assert Case.objects.get().text == written
    client.post("/follow", {"code": shown_code(client)})
    page = client.get("/follow").content.decode()
    assert "<script>alert" not in page
    assert "😡👩‍👩‍👧，𠮷家弄 &lt;script&gt;" in page


def test_a_post_from_another_site_is_refused(district: SmallDistrict) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/report", fields()).status_code == 403
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', strict.get("/report").content.decode())[1]
    assert strict.post("/report", fields(csrfmiddlewaretoken=token)).status_code == 302, "without any session"


# -- who, how often ----------------------------------------------------------------------------------------------------


def test_name_and_phone_are_sealed_and_the_same_number_is_the_same_person(
    client: Client, district: SmallDistrict
) -> None:
    client.post("/report", fields(name="王大明", phone="138 0574 1234"))
    client.post("/report", fields(text="另一件", phone="13805741234"))
    people = set(Caller.objects.values_list("person", flat=True))
    assert len(people) == 1
    assert None not in people
    assert Person.objects.get(pk=people.pop()).display_name == ""


def test_staff_report_on_behalf_and_the_case_opens(client: Client, district: SmallDistrict) -> None:
    client.force_login(account("n1-shuji", "village_secretary", district.n1))
    page = client.get("/report").content.decode()
    assert "替人登记一件事" in page
    assert '<option value="330299001201" selected>北一村' in page, "their own village is chosen already"
    assert '<option value="330299001" selected>北镇' in page
    assert "反映人电话" in page
    answer = client.post("/report", fields(name="李阿婆", phone="13805740001"))
    case = Case.objects.get()
    assert answer["Location"] == f"/cases/{case.public_id}/"
    assert (case.channel, case.holder, case.received_by.account.login) == ("staff", district.n1, "n1-shuji")
    assert shown_code(client) in client.get("/report/thanks").content.decode(), "the slip can still be printed"


def test_staff_outside_their_scope_are_told_and_keep_what_they_typed(client: Client, district: SmallDistrict) -> None:
    client.force_login(account("n1-shuji", "village_secretary", district.n1))
    answer = client.post("/report", fields(town="330299002", village="330299002201"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "这里不归您的单位" in fault_of(page, "town")
    assert "三号楼楼道灯坏了四天" in page
    assert not Case.objects.exists()


def test_an_administrator_reports_as_a_resident(client: Client, district: SmallDistrict) -> None:
    client.force_login(account("admin", "administrator", district.district))
    client.post("/report", fields())
    assert Case.objects.get().channel == "web"


def test_too_many_from_one_public_address_wait_but_nothing_urgent_ever_does(
    client: Client, district: SmallDistrict
) -> None:
    for number in range(30):
        assert client.post("/report", fields(text=f"第 {number} 件"), REMOTE_ADDR=PUBLIC).status_code == 302
    late = client.post("/report", fields(text="第三十一件写了很久"), REMOTE_ADDR=PUBLIC)
    assert late.status_code == 429
    assert "第三十一件写了很久" in late.content.decode()
    assert client.post("/report", fields(urgency="urgent"), REMOTE_ADDR=PUBLIC).status_code == 302
    assert client.post("/report", fields(text="别处的"), REMOTE_ADDR="8.8.8.8").status_code == 302
    assert client.post("/report", fields(text="本机的"), REMOTE_ADDR="127.0.0.1").status_code == 302
    assert Case.objects.count() == 33


def test_behind_a_proxy_the_address_is_what_the_proxy_wrote(rf, settings) -> None:
    from genmai.interfaces.web.edge.addresses import address_of

    asked = rf.get("/", REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR="1.2.3.4, 5.6.7.8")
    assert address_of(asked) == "127.0.0.1"
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert address_of(asked) == "5.6.7.8"


# -- the page ----------------------------------------------------------------------------------------------------------


def test_the_form_is_light_and_takes_the_same_queries_however_many_places(
    client: Client, district: SmallDistrict
) -> None:
    from tests.factories.places import place

    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get("/report")
    for number in range(450):
        place(f"330299001{300 + number}", f"很长名字的村庄第{number}", district.places["north"])
    with CaptureQueriesContext(connection) as many:
        page = client.get("/report")
    assert len(few) == len(many) == 2  # the places, and what stands for everybody (kept for two seconds outside tests)
    assert len(page.content) < 75_000


def test_the_lists_work_before_any_script(client: Client, district: SmallDistrict) -> None:
    page = client.get("/report").content.decode()
    assert '<optgroup label="北镇" data-in="330299001"><option value="330299001001">北二社区</option>' in page
    assert '<option value="330299002">南镇</option>' in page
    assert client.get("/report/grids/330299001201").content.decode().count("<option") == 2
    assert client.get("/report/grids/330299001201001").content == b""


def test_pace_forgets_with_time(rf) -> None:
    from django.utils import timezone

    from genmai.interfaces.web.edge.addresses import Pace

    now, pace = timezone.now(), Pace(2, timedelta(hours=1))
    pace.count("a", now)
    pace.count("a", now + timedelta(minutes=30))
    assert pace.free_at("a", now + timedelta(minutes=59)) == now + timedelta(hours=1)
    assert pace.free_at("a", now + timedelta(minutes=61)) is None
    assert pace.free_at("b", now) is None
