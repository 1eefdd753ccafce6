"""The circular in Word: the screen's own figures, faces and margins as the standard wants, opened by a second reader."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from docx import Document
from docx.shared import Mm
from tests.factories.cases import new_world
from tests.factories.rounds import Rounds

from genmai.kernel.viewer import Actor
from genmai.mechanisms.schema import Text
from genmai.processes.cases.commands import findings, rounds
from genmai.processes.cases.queries import rounds as read
from genmai.reports.circular.checking import check_code
from genmai.reports.circular.document import word_file
from genmai.reports.circular.figures import RoundFigures, figures, masked
from genmai.reports.circular.wording import circular_words, day, moment, notice_words, period, share

pytestmark = pytest.mark.django_db
MASTER = bytes.fromhex("a7" * 32)
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def zh(text: Text) -> str:
    return text.zh


@pytest.fixture
def r() -> Rounds:
    """Two classes, two bodies: one put right in time, one late, one sent back, one still open with a number in it."""
    w = new_world()
    r = Rounds(w)
    first = r.enter(place_text="北河桥下")
    late = r.enter("围挡没有夜间警示灯", service="project", urgency="urgent", body_id=w.district.north.pk)
    back = r.enter("公开栏还是去年的", service="party", body_id=w.district.north.pk)
    r.enter("住户13805741234反映没有回音，户主身份证330212198001011234", service="opinion", place_text="三幢")
    r.notify()
    r.accept(w.dept)
    r.accept(w.town)
    w.later(days=2)
    r.put_right(first)
    r.look(first)
    r.put_right(back)
    r.look(back, passed=False)
    w.later(days=8)
    r.put_right(late)
    r.look(late, how="on_site" if findings.is_drawn(late) else "on_paper")
    rounds.catch_up(actor=Actor.system("rounds"), at=w.at)
    return r


def made(r: Rounds) -> RoundFigures:
    found = read.one(r.world.office.viewer, public_id=r.round.public_id)
    return figures(r.world.office.viewer, round=found, known_at=r.world.at)


def file_of(found: RoundFigures) -> bytes:
    return word_file(found, code=check_code(found, master=MASTER), say=zh)


def test_the_file_says_what_the_screen_says(r: Rounds) -> None:
    found = made(r)
    total = found.total
    assert (total.found, total.on_time, total.late, total.open, total.checked, total.passed) == (4, 1, 1, 2, 3, 2)
    paper = Document(io.BytesIO(file_of(found)))
    text = "\n".join(line.text for line in paper.paragraphs)
    assert "4条问题已整改到位2条（占50.0%），其中按期1条、超期1条，尚未整改到位2条" in text
    assert "复查3条，一次通过2条，退回重改1条" in text
    assert moment(found.as_of) in text
    assert check_code(found, master=MASTER) in text
    assert found.rule in text
    classes, bodies, still = ([[cell.text for cell in row.cells] for row in table.rows] for table in paper.tables)
    assert classes[0][:5] == ["方面", "发现", "按期整改", "超期整改", "未改好"]
    assert [row[0] for row in classes[1:]] == ["环境整治", "社情民意", "重点项目", "基层党建", "合计"]
    assert classes[-1] == ["合计", "4", "1", "1", "2", "3", "2", "66.7%"]
    assert bodies[1:] == [
        ["区公路局", "2", "1", "1", "0", "1", "还有没改好的"],
        ["北镇", "2", "1", "0", "1", "1", "还有没改好的"],
    ]
    assert [row[0] for row in still[1:]] == ["3", "4"]


def test_no_rank_and_no_personal_data(r: Rounds) -> None:
    paper = Document(io.BytesIO(file_of(made(r))))
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    text = "\n".join([line.text for line in paper.paragraphs] + cells)
    assert "13805741234" not in text
    assert "330212198001011234" not in text
    assert "＊＊＊反映没有回音" in text
    assert "第一名" not in text
    assert "排名" not in text.replace("不排名次", "")


def test_faces_margins_and_repeated_heads(r: Rounds) -> None:
    data = file_of(made(r))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        parts = {
            name: ElementTree.fromstring(archive.read(name)) for name in archive.namelist() if name.endswith(".xml")
        }
    body = parts["word/document.xml"]
    runs = [run for run in body.iter(f"{W}r") if run.find(f"{W}t") is not None]
    faces = {run.find(f"{W}rPr/{W}rFonts").get(f"{W}eastAsia") for run in runs}  # type: ignore[union-attr]
    assert faces == {"仿宋", "黑体"}, "every run names its Chinese face"
    assert len(runs) > 40
    tables = list(body.iter(f"{W}tbl"))
    assert len(tables) == 3
    for table in tables:
        first, *rest = table.findall(f"{W}tr")
        assert first.find(f"{W}trPr/{W}tblHeader") is not None, "the head stands on every page"
        assert all(row.find(f"{W}trPr/{W}tblHeader") is None for row in rest)
        assert all(row.find(f"{W}trPr/{W}cantSplit") is not None for row in (first, *rest))
    section = Document(io.BytesIO(data)).sections[0]
    for side, wanted in (("top", 37), ("bottom", 35), ("left", 28), ("right", 26)):
        assert abs(getattr(section, f"{side}_margin") - Mm(wanted)) < Mm(0.1), side
    assert abs(section.page_width - Mm(210)) < Mm(0.1)
    assert "PAGE" in ElementTree.tostring(parts["word/footer1.xml"], encoding="unicode")


def test_an_issued_circular_comes_out_the_same_for_ever(r: Rounds) -> None:
    w = r.world
    r.step(rounds.finish_check)
    w.later(hours=1)
    r.step(rounds.issue, document="测督〔2026〕1号")
    issued = r.round.issued_at
    assert issued is not None
    viewer = w.office.viewer
    then = figures(viewer, round=read.one(viewer, public_id=r.round.public_id), known_at=issued)
    code, text = check_code(then, master=MASTER), _text(file_of(then))
    w.later(days=3)
    still = [line.finding for line in read.findings(viewer, round=r.round)[0] if line.finding.case.state == "in_hand"]
    r.put_right(still[0])
    again = figures(viewer, round=read.one(viewer, public_id=r.round.public_id), known_at=issued)
    assert check_code(again, master=MASTER) == code
    assert _text(file_of(again)) == text
    assert "测督〔2026〕1号" in text
    assert "送审稿" not in text
    now = figures(viewer, round=read.one(viewer, public_id=r.round.public_id), known_at=w.at)
    assert check_code(now, master=MASTER) != code, "other figures, another code"


def _text(data: bytes) -> str:
    paper = Document(io.BytesIO(data))
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    return "\n".join([line.text for line in paper.paragraphs] + cells)


def test_a_body_reads_only_its_own_part(r: Rounds) -> None:
    viewer = r.world.town.viewer
    own = figures(viewer, round=read.one(viewer, public_id=r.round.public_id), known_at=r.world.at)
    assert not own.whole
    assert own.total.found == 2
    assert [row.body.short_name for row in own.bodies] == ["北镇"]
    assert [row.no for row in own.open] == [3]


def test_words_come_from_the_mechanism_in_both_languages(r: Rounds) -> None:
    found = made(r)
    words = circular_words(found, zh)
    assert words.heading == "关于环境整治暗访整改情况的通报"
    assert "未公开" in words.basis, "what is not published is said"
    english = circular_words(found, lambda text: text.en)
    assert "2 of 4 matters (50.0%)" in english.summary
    assert "贵单位整改的问题2条" in notice_words(r.round, body="北镇", count=2, say=zh)


def test_small_words(r: Rounds) -> None:
    first = r.round.inspected_from
    assert period(first, r.round.inspected_to) == "2026年2月25日至27日"
    assert period(first, first) == "2026年2月25日"
    assert period(first, first + timedelta(days=9)) == "2026年2月25日至3月6日"
    assert period(first, first.replace(year=2027)) == "2026年2月25日至2027年2月25日"
    assert (share(1, 3), share(0, 0), day(None)) == ("33.3%", "—", "—")
    assert masked("2026年3月2日，3 幢 201 室，电话 0574-8765 4321") == "2026年3月2日，3 幢 201 室，电话 ＊＊＊"


def test_queries_stay_the_same_whatever_the_size(r: Rounds) -> None:

    viewer, counted = r.world.office.viewer, []
    for _ in range(2):
        found = read.one(viewer, public_id=r.round.public_id)
        with CaptureQueriesContext(connection) as asked:
            figures(viewer, round=found, known_at=r.world.at)
        counted.append(len(asked))
        for n in range(6):
            r.enter(f"又一处{n}", body_id=r.world.district.south.pk)
        r.notify()
    assert counted[0] == counted[1]
    assert counted[0] <= 6


def test_an_office_program_lays_it_out_as_it_was_meant(r: Rounds, tmp_path: Path) -> None:
    """Another program than the one that wrote it: it opens, nothing is cut off, no table leaves the page."""
    if not (shutil.which("soffice") and shutil.which("pdftotext")):
        pytest.skip("NOT RUN: no office program here (soffice, pdftotext)")
    found = made(r)
    (tmp_path / "circular.docx").write_bytes(file_of(found))
    office = [f"-env:UserInstallation={(tmp_path / 'office').as_uri()}", "--headless", "--convert-to", "pdf"]
    run = {"check": True, "capture_output": True, "timeout": 120, "cwd": tmp_path}
    subprocess.run(["soffice", *office, "circular.docx"], **run)  # type: ignore[call-overload]
    assert (tmp_path / "circular.pdf").exists(), "the office program could not open it"
    subprocess.run(["pdftotext", "-bbox", "circular.pdf", "words.html"], **run)  # type: ignore[call-overload]
    drawn = (tmp_path / "words.html").read_text(encoding="utf-8")
    words = "".join(re.findall(r">([^<]+)</word>", drawn))
    for said in (
        "关于环境整治暗访整改情况的通报",
        "4条问题已整改到位2条",
        "区公路局",
        check_code(found, master=MASTER),
    ):
        assert said.replace(" ", "") in words.replace(" ", ""), said
    (width,) = {float(wide) for wide in re.findall(r'<page width="([\d.]+)"', drawn)}
    left, right = (width * Mm(side) / Mm(210) for side in (28, 210 - 26))
    starts = [float(at) for at in re.findall(r'<word xMin="([\d.]+)"', drawn)]
    ends = [float(at) for at in re.findall(r'xMax="([\d.]+)"', drawn)]
    assert min(starts) >= left - 3
    assert max(ends) <= right + 3
    # Each column of the first table begins as far right as the widths before it say.
    heads = [float(at) for at in re.findall(r'<word xMin="([\d.]+)"[^>]*>(?:方面|发现|一次通过率)</word>', drawn)[:3]]
    assert heads == sorted(heads)
    assert heads[1] - heads[0] < (heads[2] - heads[1]) / 3, "the widths are the file's own, not all the same"
