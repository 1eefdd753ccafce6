"""From a labelled sheet to suggestions at the command line, and from settled cases: end to end, on texts of our own."""

from __future__ import annotations

import argparse
import csv
import io
import time
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from tests.factories.cases import World, new_world
from tests.factories.messages import LIGHTS, WAGES, labelled_messages

from genmai.interfaces import learning
from genmai.interfaces.cli.commands import learn, suggest
from genmai.interfaces.jobs.continuous import suggestions as job
from genmai.kernel.viewer import Actor
from genmai.processes.cases.commands import suggesting
from genmai.processes.cases.models import Case, Learning, Suggestion
from genmai.processes.cases.suggestion import current

pytestmark = pytest.mark.django_db
TITLES = {"010204": "城市公共设施", "150305": "劳动和社会保障/工资福利/工资发放", "1404": "1404"}


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.GENMAI_DATA = tmp_path / "data"


def sheet(path: Path, rows: list[tuple[str, str]]) -> Path:
    """An xlsx as offices keep it: a title line, then the columns."""
    book = Workbook()
    page = book.active
    assert page is not None
    page.append(["2025 年留言汇总"])
    page.append(["编号", "留言详情", "一级标签"])
    for number, (text, label) in enumerate(rows, 1):
        page.append([number, text, label])
    book.save(path)
    return path


def labelled(path: Path) -> Path:
    return sheet(path, [(text, TITLES[code]) for text, code in labelled_messages()])


def learned(*sheets: Path, **more: Any) -> int:
    return learn.run(
        argparse.Namespace(**{"sheets": list(sheets), "list": False, "forget": None, "asked": False, **more})
    )


def suggested(path: Path, capsys: pytest.CaptureFixture[str]) -> list[dict[str, str]]:
    capsys.readouterr()
    assert suggest.run(argparse.Namespace(sheet=path)) == 0
    return list(csv.DictReader(io.StringIO(capsys.readouterr().out)))


def test_a_sheet_is_learned_and_a_second_one_labelled_by_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert learned(labelled(tmp_path / "旧工单.xlsx")) == 0
    said = capsys.readouterr().out
    assert "270 行有分类表里的分类" in said
    assert "第 1 级 3 类" in said
    fresh = [(text + "另外今天又来了", "") for text, code in labelled_messages(95) if code == WAGES][-5:]
    rows = suggested(sheet(tmp_path / "新.xlsx", [*fresh, ("qqq zzz", "")]), capsys)
    assert [row["行号"] for row in rows] == ["3", "4", "5", "6", "7", "8"]
    assert all(row["分类"].startswith("劳动和社会保障") and row["定了"] == "是" for row in rows[:5])
    assert all(0.9 < float(row["把握"]) < 1 and row["理由"].startswith("因为提到：") for row in rows[:5])
    assert (rows[5]["定了"], rows[5]["理由"]) == ("否", "把握不够，请您来定")


def test_without_a_model_the_words_of_the_taxonomy_speak(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = suggested(sheet(tmp_path / "新.xlsx", [("=1+1", ""), ("老板拖欠工资", ""), ("您好", "")]), capsys)
    assert rows[-2]["分类"].endswith("工资发放")
    assert rows[-2]["把握"] == ""
    assert rows[-1]["定了"] == "否"


def test_labels_that_name_no_subject_are_told_and_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [(text, TITLES[code]) for text, code in labelled_messages()] + [("说不清", "杂七杂八"), ("说不清", "其他")]
    assert learned(sheet(tmp_path / "旧.xlsx", rows)) == 0
    said = capsys.readouterr().out
    assert "另有 2 行的分类不在分类表里" in said
    assert "杂七杂八" in said


def test_a_sheet_without_labels_or_with_too_few_is_refused_and_the_old_model_stays(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "坏.csv"
    bad.write_text("编号,地点\n1,桥头\n", encoding="utf-8")
    assert learned(bad) == 1
    assert learned(sheet(tmp_path / "少.xlsx", [("路灯坏了，请来修", TITLES[LIGHTS])] * 3)) == 1
    assert "太少" in capsys.readouterr().err
    assert Learning.objects.get().trouble == "too_little"
    assert current.standing().trouble == "none"


def test_the_kept_sheets_are_listed_and_forgotten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = labelled(tmp_path / "旧.xlsx")
    learned(path)
    learned(path)  # the same file again is the same sheet
    assert [(one.name, one.rows) for one in learning.kept()] == [("旧.xlsx", 270)]
    digest = learning.kept()[0].sha256
    assert (current.folder() / "sheets" / digest[:2] / digest).stat().st_mode & 0o077 == 0
    learned(list=True)
    assert digest[:12] in capsys.readouterr().out
    assert learned(forget=digest[:8]) == 0
    assert learning.kept() == []
    assert not (current.folder() / "sheets" / digest[:2] / digest).exists()


def settled(world: World, text: str, category: str) -> Case:
    """A case led through dispatch and handling to its close, under the subject people gave it in the end."""
    case = world.receive(text=text)
    world.do("dispatch", case, to=world.district.dept.public_id, category=category)
    for verb in ("accept", "reply", "verify", "close"):
        world.later(minutes=5)
        case = world.do(verb, case)
    return case


def test_corrections_are_learned_and_the_habit_of_the_place_with_them(tmp_path: Path) -> None:
    """What words call one thing, and people here settled as another forty times, is suggested as that."""
    world = new_world()
    said = "自家院里的老井盖子松了，想请人看看水质，井水有股味道，吃了怕不好"
    for at in range(30):
        settled(world, f"{said}，第 {at} 户，{'东南西北'[at % 4]}头第 {at * 7} 号", "0402")
    path = labelled(tmp_path / "旧.xlsx")
    assert learned(path) == 0
    model = current.model()
    assert model is not None
    assert (model.count("from_cases"), model.count("from_sheets")) == (30, 270)
    assert ("0402", "dept-roads", 30) in {(one.category, one.body, one.cases) for one in model.habits}
    new = world.receive(text=f"{said}，又有一户，在桥头")
    suggesting.make(actor=Actor.system("suggestions"), at=world.at, limit=10)
    found = Suggestion.objects.get(case=new)
    assert found.category.startswith("04")
    assert found.version == model.version
    if found.decided and found.category == "0402":
        assert (found.body, found.body_cases, found.body_of) == (world.district.dept, 30, 30)


def test_a_new_model_makes_the_waiting_suggestions_anew(tmp_path: Path) -> None:
    world = new_world()
    case = world.receive(text="路灯不亮，没有照明，晚上黑，看不见路，井盖破了，人行道坏，老人摔跤，请处理，谢谢")
    assert "suggested for 1" in job.run(at=world.at)
    assert Suggestion.objects.get(case=case).version == "words"
    learned(labelled(tmp_path / "旧.xlsx"))
    assert "suggested for 1" in job.run(at=world.at)
    found = Suggestion.objects.get(case=case)
    assert (found.basis, found.decided, found.category) == ("model", True, LIGHTS)
    assert job.run(at=world.at) == ""


def test_the_worker_begins_asked_learning_in_a_process_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    world = new_world()
    begun: list[object] = []

    class Child:
        def poll(self) -> int | None:
            return None

    def spawn(command: object, env: dict[str, str]) -> Child:
        begun.append(command)
        return Child()

    monkeypatch.setattr(job, "spawn", spawn)
    monkeypatch.setattr(job._Child, "process", None)
    assert job.run(at=world.at) == ""
    suggesting.ask_learning(actor=world.office, at=world.at, key=world.key())
    assert job.run(at=world.at) == "learning begun"
    assert job.run(at=world.at) == ""  # while it runs no second one
    assert begun == [job.COMMAND]


def test_a_hundred_are_suggested_within_a_turn_of_the_worker(tmp_path: Path) -> None:
    world = new_world()
    learned(labelled(tmp_path / "旧.xlsx"))
    for text, _code in labelled_messages(40)[:100]:
        world.receive(text=text)
    began = time.monotonic()
    job.run(at=world.at)
    assert Suggestion.objects.count() == 100
    assert time.monotonic() - began < 5  # generous: the machine of a test is shared
