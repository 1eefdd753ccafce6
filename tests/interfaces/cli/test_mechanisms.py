"""`genmai mechanisms`: a person of the field starts a mechanism, breaks it, mends it, tries it and releases it."""

from __future__ import annotations

import argparse
import re
import shutil
from pathlib import Path

import pytest

from genmai.interfaces import installed
from genmai.interfaces.cli.bare import mechanisms
from genmai.kernel.refusal import Refused


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    copy = tmp_path / "mechanisms"
    for key in ("default/calls", "default/case-loop"):
        shutil.copytree(installed.folder() / key, copy / key)
    for head in copy.glob("default/*/mechanism.toml"):  # whatever number ships, these tests begin at the first
        first = re.sub(r"^version = \d+", "version = 1", head.read_text(encoding="utf-8"), flags=re.MULTILINE)
        head.write_text(re.sub(r"(?m)^(extends = .*@)\d+", r"\g<1>1", first), encoding="utf-8")
    monkeypatch.setenv("GENMAI_MECHANISMS", str(copy))
    return copy


def genmai(*words: str) -> int:
    parser = argparse.ArgumentParser()
    mechanisms.add_arguments(parser)
    return mechanisms.run(parser.parse_args(words))


def test_a_new_mechanism_works_from_the_start(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert genmai("new", "haishu", "feng-ling") == 0
    assert genmai("test", "haishu/feng-ling") == 0
    assert "1 个机制，1 个例子，0 个不符" in capsys.readouterr().out
    assert genmai("check") == 0
    with pytest.raises(Refused, match="已经有了"):
        genmai("new", "haishu", "feng-ling")


@pytest.mark.parametrize("name", ["Haishu", "../up", "a b", "released", ""])
def test_a_name_that_cannot_be_a_folder_is_refused(root: Path, name: str) -> None:
    with pytest.raises(Refused) as refused:
        genmai("new", name, "x")
    assert refused.value.field == "place"
    assert sorted(path.name for path in root.iterdir()) == ["default"]


def test_check_names_every_mistake_and_fails(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    genmai("new", "haishu", "one")
    cases = root / "haishu" / "one" / "cases.toml"
    cases.write_text('small_sample = 0\ncolour = "red"\n', encoding="utf-8")
    capsys.readouterr()
    assert genmai("check") == 1
    said = capsys.readouterr().out
    assert "haishu/one/cases.toml:1: small_sample = 0: must be above 0" in said
    assert 'haishu/one/cases.toml:2: colour = "red": this key is not known here' in said
    assert "2 个机制可用，2 处要改" in said


def test_an_example_that_does_not_come_out_fails(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    genmai("new", "haishu", "one")
    (root / "haishu/one/examples/first.yaml").write_text(
        "- {title: 六级, ask: value, of: cases.levels, take: count, value: 7}\n", encoding="utf-8"
    )
    assert genmai("test", "haishu/one") == 1
    assert "✗ haishu/one@1：六级：is 6" in capsys.readouterr().out


def test_release_freezes_and_diff_tells_what_changed_since(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Refused, match="还没有发布过"):
        genmai("diff", "default/case-loop")
    assert genmai("release", "default/case-loop") == 0
    cases = root / "default/case-loop/cases.toml"
    cases.write_text(cases.read_text(encoding="utf-8").replace("max_times = 1", "max_times = 3", 1), encoding="utf-8")
    capsys.readouterr()
    assert genmai("check") == 1
    assert (
        "default/case-loop/cases.toml: (file): changed, but default/case-loop@1 is released" in capsys.readouterr().out
    )
    head = root / "default/case-loop/mechanism.toml"
    head.write_text(head.read_text(encoding="utf-8").replace("version = 1", "version = 2"), encoding="utf-8")
    assert genmai("check") == 0
    assert genmai("diff", "default/case-loop") == 0
    assert "cases.extension.max_times: 1 → 3" in capsys.readouterr().out
    assert genmai("diff", "default/case-loop@1", "default/case-loop@2") == 0
    assert "cases.extension.max_times: 1 → 3" in capsys.readouterr().out


def test_diff_reads_a_folder_from_elsewhere(root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = tmp_path / "sent-by-mail"
    shutil.copytree(root / "default" / "calls", other)
    cases = other / "cases.toml"
    cases.write_text(cases.read_text(encoding="utf-8").replace("must_say_why_town_cannot = true", ""), encoding="utf-8")
    assert genmai("diff", "default/calls@1", str(other)) == 0
    assert capsys.readouterr().out == "cases.calls.must_say_why_town_cannot: True → False\n"


def test_what_fails_its_examples_is_not_released(root: Path) -> None:
    genmai("release", "default/case-loop")
    genmai("new", "haishu", "one")
    (root / "haishu/one/examples/first.yaml").write_text(
        "- {title: 六级, ask: value, of: cases.levels, take: count, value: 7}\n", encoding="utf-8"
    )
    assert genmai("release", "haishu/one") == 1
    assert "haishu/one" not in (root / "released.lock").read_text(encoding="utf-8")


def test_an_unknown_mechanism_is_answered_with_those_there_are(root: Path) -> None:
    with pytest.raises(Refused) as refused:
        genmai("test", "nowhere/none")
    assert refused.value.allowed == "default/calls、default/case-loop"
