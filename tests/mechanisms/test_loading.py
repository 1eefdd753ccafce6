"""The loader tells every mistake at once, with file, line, key, value and what is allowed."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.mechanisms.conftest import THINGS, ThingsSection, Tree

from genmai.mechanisms.loading import load
from genmai.mechanisms.problems import Problems


def test_a_folder_becomes_typed_objects(tree: Tree) -> None:
    tree.write("here/one")
    mechanism = tree.library().get("here/one")
    assert mechanism.ref == "here/one@1"
    assert mechanism.section(ThingsSection).kinds["b"].points == 2
    assert mechanism.info.roles["secretary"].posts == ("village_secretary",)


def test_what_is_read_cannot_be_changed(tree: Tree) -> None:
    tree.write("here/one")
    thing = tree.library().get("here/one").section(ThingsSection).kinds["a"]
    with pytest.raises(ValueError, match="frozen"):
        thing.points = 5


def test_every_mistake_is_told_at_once_with_its_line(tree: Tree) -> None:
    wrong = THINGS.replace("points = 1", "points = 0\ncolour = 3").replace("working_days", "moon_days")
    tree.write("here/one", things=wrong)
    tree.write("here/two", more='colour = "red"')
    assert tree.problems() == [
        "here/one/things.toml:4: kinds.a.points = 0: must be above 0",
        "here/one/things.toml:5: kinds.a.colour = 3: this key is not known here",
        "here/one/things.toml:9: kinds.b.limit.clock = \"moon_days\": one of: 'urgent_hours', 'urgent_days', "
        "'working_hours', 'working_days' or 'calendar_days'",
        'here/two/mechanism.toml:6: colour = "red": this key is not known here',
    ]


def test_load_raises_all_problems_together(tree: Tree) -> None:
    tree.write("here/one", things="order = 3")
    with pytest.raises(Problems) as raised:
        load(tree.root, {"things": ThingsSection})
    assert {problem.key for problem in raised.value.problems} == {"order", "kinds"}


@pytest.mark.parametrize("amount", ["0", "-1", "2.5", "true", '"many"'])
def test_days_are_whole_and_positive(tree: Tree, amount: str) -> None:
    tree.write("here/one", things=THINGS.replace("amount = 3", f"amount = {amount}"))
    assert any("kinds.b.limit" in problem for problem in tree.problems())


def test_hours_may_be_parts_of_an_hour_exactly(tree: Tree) -> None:
    tree.write("here/one", things=THINGS.replace('"working_days", amount = 3', '"working_hours", amount = 0.1'))
    limit = tree.library().get("here/one").section(ThingsSection).kinds["b"].limit
    assert limit is not None
    assert str(limit.amount) == "0.1"


def test_broken_toml_names_its_line(tree: Tree) -> None:
    tree.write("here/one", things='order = ["a"]\nkinds = = 3\n')
    assert tree.problems()[0].startswith("here/one/things.toml:2: (file): is not TOML")


def test_the_key_is_the_folders_name(tree: Tree) -> None:
    folder = tree.write("here/one")
    folder.rename(tree.root / "here" / "other")
    assert tree.problems() == ['here/other/mechanism.toml:1: key = "here/one": the folder\'s own name: here/other']


def test_files_that_mean_nothing_are_told(tree: Tree) -> None:
    folder = tree.write("here/one")
    (folder / "rules.py").write_text("print()", encoding="utf-8")
    (folder / "thinks.toml").write_text("", encoding="utf-8")
    first, second = tree.problems()
    assert "here/one/rules.py: (file): not a file of a mechanism" in first
    assert second == "here/one/thinks.toml: (file): sections are: things"


def test_a_folder_without_a_head_is_told(tree: Tree) -> None:
    (tree.root / "here" / "empty").mkdir(parents=True)
    assert tree.problems() == ["here/empty/mechanism.toml: (file): this file is required"]


def test_a_mechanism_without_an_example_is_told(tree: Tree) -> None:
    tree.write("here/one", example=None)
    assert tree.problems() == ["here/one/examples: (file): a mechanism has at least one example"]


def test_text_that_is_not_utf8_is_told(tree: Tree) -> None:
    folder = tree.write("here/one")
    (folder / "things.toml").write_bytes("order = [] # 甲".encode("gbk"))
    (folder / "rows.csv").write_bytes("编号\n甲".encode("gbk"))
    assert [p.split(":")[0] for p in tree.problems()] == ["here/one/rows.csv", "here/one/things.toml"]


def test_an_official_mechanism_names_its_document(tree: Tree) -> None:
    folder = tree.write("here/one")
    head = folder / "mechanism.toml"
    head.write_text(head.read_text(encoding="utf-8").replace('"default"', '"official"'), encoding="utf-8")
    assert "an official mechanism names the number of each document" in tree.problems()[0]


def test_a_child_changes_only_what_it_says(tree: Tree) -> None:
    tree.write("here/one")
    tree.write("there/two", more='extends = "here/one@1"', things='order = ["b"]\n[kinds.a]\npoints = 4\n')
    (tree.root / "there/two/examples/all.yaml").write_text(
        "- {title: 和, ask: value, of: things.order, value: [b]}\n", encoding="utf-8"
    )
    child = tree.library().get("there/two")
    things = child.section(ThingsSection)
    assert things.order == ("b",)  # a list replaces
    assert (things.kinds["a"].points, things.kinds["a"].title.zh) == (4, "甲")  # a table merges
    assert things.kinds["b"].points == 2
    assert child.lineage == ("there/two@1", "here/one@1")
    assert "secretary" in child.info.roles


def test_inherited_keys_can_be_dropped_first(tree: Tree) -> None:
    tree.write("here/one")
    new = 'drop = ["kinds"]\n[kinds.c]\npoints = 3\ntitle = { zh = "丙", en = "C" }\n'
    tree.write("there/two", more='extends = "here/one@1"', things=new)
    assert list(tree.library().get("there/two").section(ThingsSection).kinds) == ["c"]


def test_only_what_is_inherited_can_be_dropped(tree: Tree) -> None:
    tree.write("here/one")
    tree.write("there/two", more='extends = "here/one@1"', things='drop = ["kinds.zzz"]')
    assert tree.problems() == ['there/two/things.toml:1: drop = "kinds.zzz": only what is inherited can be dropped']


def test_a_parent_must_exist_in_that_version(tree: Tree) -> None:
    tree.write("here/one")
    tree.write("there/two", more='extends = "here/one@2"')
    assert tree.problems() == [
        'there/two/mechanism.toml:6: extends = "here/one@2": a mechanism there is: here/one@1, there/two@1'
    ]


def test_a_circle_of_parents_is_told(tree: Tree) -> None:
    tree.write("here/one", more='extends = "there/two@1"')
    tree.write("there/two", more='extends = "here/one@1"')
    assert any("a circle: here/one@1 → there/two@1 → here/one@1" in problem for problem in tree.problems())


def test_csv_files_are_inherited_until_replaced(tree: Tree) -> None:
    folder = tree.write("here/one")
    (folder / "rows.csv").write_text("no,name\n1,甲\n", encoding="utf-8")
    tree.write("there/two", more='extends = "here/one@1"', things=None)
    own = tree.write("there/three", more='extends = "here/one@1"', things=None)
    (own / "rows.csv").write_text("no,name\n7,丁\n8,戊\n", encoding="utf-8")
    library = tree.library()
    assert [row["name"] for row in library.get("there/two").rows("rows.csv") or ()] == ["甲"]
    assert [row["no"] for row in library.get("there/three").rows("rows.csv") or ()] == ["7", "8"]
    assert library.get("there/two").rows("none.csv") is None


def test_ragged_csv_rows_are_told(tree: Tree) -> None:
    folder = tree.write("here/one")
    (folder / "rows.csv").write_text('no,name\n1\n2,"a,b"\n\n3,c,d\n', encoding="utf-8")
    assert tree.problems() == [
        'here/one/rows.csv:2: (file) = "1": needs 2 cells',
        'here/one/rows.csv:5: (file) = "3,c,d": needs 2 cells',
    ]


def test_on_and_no_are_words_in_examples(tree: Tree) -> None:
    example = "- {title: 派单, ask: dispatch, category: '01', on: 2026-03-02, undecided: true}\n"
    tree.write("here/one", example=example)
    assert str(tree.library().get("here/one").examples[0].on) == "2026-03-02"  # type: ignore[union-attr]


def test_a_bad_example_is_told_by_key(tree: Tree) -> None:
    tree.write("here/one", example="- {title: 派单, ask: dispatch, category: '01', on: 2026-03-02}\n")
    assert "expect exactly one of 'body', 'refused: true', 'undecided: true'" in tree.problems()[0]
    tree.write("here/one", example="- {title: x\n")
    assert tree.problems()[0].startswith("here/one/examples/all.yaml:2: (file): is not YAML")


def test_an_unknown_mechanism_is_answered_with_those_there_are(tree: Tree) -> None:
    tree.write("here/one")
    with pytest.raises(KeyError, match="there are: here/one@1"):
        tree.library().get("here/none")


def test_a_renamed_mechanism_is_found_by_its_former_key(tree: Tree) -> None:
    tree.write("here/new", more='formerly = ["here/old"]')
    library = tree.library()
    assert library.get("here/old").key == "here/new"
    assert library.get("here/old@1").key == "here/new"


def test_an_empty_folder_has_no_mechanisms(tmp_path: Path) -> None:
    assert len(load(tmp_path, {"things": ThingsSection})) == 0
