"""Words that people read are found even where no gettext call marks them, and the English of all of them is whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from genmai.interfaces.cli import catalogue, translatable, unmarked

ENGLISH = catalogue.LOCALE / "en" / "LC_MESSAGES" / "django.po"
MARKS = frozenset({"_", "gettext"})


def found(code: str, name: str = "processes/a.py") -> list[str]:
    return [one.text for one in unmarked.literals(code, name, MARKS)]


@pytest.mark.parametrize(
    ("code", "texts"),
    [
        ('raise Refused("code", "先分派", allowed="今天或以后")', ["先分派", "今天或以后"]),
        ('raise NotFound("没有找到")', ["没有找到"]),
        ('raise BadInput("a", "甲" if b else "乙")', ["甲", "乙"]),
        ('return Reason("您还没有{what}", {"what": what})', ["您还没有{what}"]),
        ('_KINDS = {"case.noted": (Nothing, "记一笔")}', ["记一笔"]),
        ('class Level(IntegerChoices):\n    TOWN = 4, "镇街"', ["镇街"]),
        ('def f(message: str = "没有找到"): ...', ["没有找到"]),
        ('Field(key="ref", label="工单编号", aliases=("单号",))', ["工单编号"]),
        ('_("看得见的归别处管")', []),
        ('"""模块说明"""\ndef f():\n    """说明"""', []),
    ],
)
def test_words_are_found_wherever_they_stand(code: str, texts: list[str]) -> None:
    assert found(code) == texts


def test_made_up_people_say_what_they_like_but_what_is_typed_is_refused_in_words() -> None:
    code = 'NOTHING = {"不详"}\nraise CellProblem("not_choice", "不在范围里")'
    assert found(code, "simulation/topics.py") == []
    assert found(code, "kernel/sheets/cells.py") == ["不在范围里"]


def test_every_exception_names_files_that_exist() -> None:
    names = [name for name, _ in translatable._files(translatable.SOURCE)]
    assert [one for one in unmarked.OTHERWISE if not any(name.startswith(one) for name in names)] == []


def test_a_sentence_put_together_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text('x = 1\nraise Refused("code", f"没有“{x}”这一项")\n', encoding="utf-8")
    told = translatable.joined(tmp_path)
    assert len(told) == 1
    assert told[0].startswith("a.py:2 ")


def test_chinese_of_a_template_that_no_tag_translates_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(
        '{% translate "已译" %}{# 说明 #}\n{{ names|join:_("、") }}<b lang="zh-Hans">中文</b>\n<p>没有标记</p>\n'
        "{% blocktranslate %}整\n段{% endblocktranslate %}<p title='也没有'></p>\n",
        encoding="utf-8",
    )
    assert [told.split(" ")[0] for told in translatable.bare(tmp_path)] == ["a.html:3", "a.html:5"]


def test_a_missing_english_is_told_with_file_line_and_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.py").write_text('x = 1\nraise Refused("code", "没人译过的话")\n', encoding="utf-8")
    used = translatable.used(tmp_path)
    monkeypatch.setattr(translatable, "used", lambda: used)
    assert "a.py:2 译文目录里没有：没人译过的话" in translatable.gaps()


@pytest.mark.parametrize(
    ("id_", "text", "fits"),
    [
        ("还剩 %(n)s 天", "%(n)s days left", True),
        ("还剩 %(n)s 天", "days left", False),
        ("还剩 %(n)s 天", "%(m)s days left", False),
        ("没有“{value}”", "There is no “{value}”", True),
        ("没有“{value}”", "There is no “{name}”", False),
    ],
)
def test_english_fills_the_same_places(id_: str, text: str, fits: bool) -> None:
    assert translatable._fits(catalogue.Entry(1, id=id_, texts={0: text})) is fits


def test_english_is_whole_fills_the_same_places_and_holds_nothing_we_no_longer_say() -> None:
    assert translatable.gaps() == []
    assert translatable.unused(list(catalogue.read(ENGLISH))) == []


def test_no_message_stands_twice() -> None:
    keys = [entry.key for entry in catalogue.read(ENGLISH)]
    assert sorted({key for key in keys if keys.count(key) > 1}) == []
