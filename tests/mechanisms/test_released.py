"""A released version never changes, stays loadable for those who pin it, and a change is named by its file."""

from __future__ import annotations

import pytest
from tests.mechanisms.conftest import THINGS, ThingsSection, Tree

from genmai.kernel.refusal import Refused
from genmai.mechanisms.compare import changes
from genmai.mechanisms.released import check_released, file_hashes, folder_hash, read_lock, release


def freeze(tree: Tree, key: str) -> None:
    release(tree.root, tree.library().get(key))


def complaints(tree: Tree) -> list[str]:
    library, problems = tree.load()
    return [str(p) for p in [*problems, *check_released(tree.root, library.current)]]


def test_a_release_is_written_down_and_repeats_itself(tree: Tree) -> None:
    tree.write("here/one")
    freeze(tree, "here/one")
    lock = (tree.root / "released.lock").read_bytes()
    freeze(tree, "here/one")
    assert (tree.root / "released.lock").read_bytes() == lock
    assert read_lock(tree.root)["here/one@1"].sha256 == folder_hash(file_hashes(tree.root / "here/one"))
    assert complaints(tree) == []


@pytest.mark.parametrize("where", ["here/one", "released/here/one@1"])
@pytest.mark.parametrize("file", ["things.toml", "examples/all.yaml", "mechanism.toml"])
def test_a_changed_file_of_a_released_version_is_named(tree: Tree, where: str, file: str) -> None:
    tree.write("here/one")
    freeze(tree, "here/one")
    path = tree.root / where / file
    path.write_text(path.read_text(encoding="utf-8") + "# a word more\n", encoding="utf-8")
    assert complaints(tree) == [
        f"{where}/{file}: (file): changed, but here/one@1 is released: give the folder version 2, or undo it"
    ]


def test_a_file_added_or_taken_away_is_named(tree: Tree) -> None:
    folder = tree.write("here/one")
    freeze(tree, "here/one")
    (folder / "README.md").write_text("words", encoding="utf-8")
    (folder / "examples" / "all.yaml").rename(folder / "examples" / "other.yaml")
    assert [line.split(", but")[0] for line in complaints(tree)] == [
        "here/one/README.md: (file): new",
        "here/one/examples/all.yaml: (file): missing",
        "here/one/examples/other.yaml: (file): new",
    ]


def test_the_old_version_stays_for_those_who_pin_it(tree: Tree) -> None:
    tree.write("here/one")
    freeze(tree, "here/one")
    tree.write("here/one", version=2, things=THINGS.replace("points = 1", "points = 10"), example=None)
    (tree.root / "here/one/examples/all.yaml").write_text(
        "- {title: 和, ask: value, of: things.kinds.*.points, take: sum, value: 12}\n", encoding="utf-8"
    )
    assert complaints(tree) == []
    library = tree.library()
    assert library.get("here/one").version == 2
    assert library.get("here/one@1").section(ThingsSection).kinds["a"].points == 1
    assert library.get("here/one@2").section(ThingsSection).kinds["a"].points == 10


def test_a_child_keeps_the_parent_version_it_names(tree: Tree) -> None:
    tree.write("here/one")
    freeze(tree, "here/one")
    tree.write("there/two", more='extends = "here/one@1"', things=None)
    tree.write("here/one", version=2, things=THINGS.replace("points = 1", "points = 10"))
    assert tree.library().get("there/two").section(ThingsSection).kinds["a"].points == 1


def test_a_released_number_is_not_released_with_another_content(tree: Tree) -> None:
    folder = tree.write("here/one")
    freeze(tree, "here/one")
    (folder / "things.toml").write_text(THINGS.replace("points = 1", "points = 10"), encoding="utf-8")
    with pytest.raises(Refused) as refused:
        freeze(tree, "here/one")
    assert refused.value.code == "released_differs"
    assert "version 改成2" in str(refused.value)


def test_a_parent_is_released_first(tree: Tree) -> None:
    tree.write("here/one")
    tree.write("there/two", more='extends = "here/one@1"', things=None)
    with pytest.raises(Refused, match="依托的"):
        freeze(tree, "there/two")
    assert read_lock(tree.root) == {}
    freeze(tree, "here/one")
    freeze(tree, "there/two")
    assert sorted(read_lock(tree.root)) == ["here/one@1", "there/two@1"]


def test_going_back_behind_a_release_is_told(tree: Tree) -> None:
    tree.write("here/one", version=3)
    freeze(tree, "here/one")
    tree.write("here/one", version=2)
    assert complaints(tree) == ["here/one/mechanism.toml: version = 2: 3 or more: that version is released"]


def test_the_difference_between_versions_is_told_in_plain_words(tree: Tree) -> None:
    folder = tree.write("here/one")
    (folder / "rows.csv").write_text("no,name\n1,甲\n2,乙\n", encoding="utf-8")
    freeze(tree, "here/one")
    later = THINGS.replace("amount = 3", "amount = 5").replace('["a", "b"]', '["b"]')
    tree.write("here/one", version=2, things=later + '[kinds.c]\ntitle = { zh = "丙", en = "C" }\npoints = 9\n')
    (folder / "rows.csv").write_text("no,name\n1,丁\n3,丙\n", encoding="utf-8")
    library = tree.library()
    assert changes(library.get("here/one@1"), library.get("here/one@2")) == (
        "mechanism.version: 1 → 2",
        "things.order: ['a', 'b'] → ['b']",
        'things.kinds.b.limit.amount: "3" → "5"',
        "things.kinds.c: 新增 “丙”",
        "rows.csv: 去掉 2",
        "rows.csv: 新增 3",
        'rows.csv: 改动 1：name "甲" → "丁"',
    )
    assert changes(library.get("here/one"), library.get("here/one")) == ()


def test_many_changed_rows_are_counted_not_listed(tree: Tree) -> None:
    folder = tree.write("here/one")
    (folder / "rows.csv").write_text("no\n" + "".join(f"a{n}\n" for n in range(30)), encoding="utf-8")
    freeze(tree, "here/one")
    tree.write("here/one", version=2)
    (folder / "rows.csv").write_text("no\na0\n", encoding="utf-8")
    library = tree.library()
    assert "rows.csv: 去掉 29 行" in changes(library.get("here/one@1"), library.get("here/one"))
