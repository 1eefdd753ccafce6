"""What `extends` means: tables merge by key, everything else replaces, nothing handed in is altered."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genmai.mechanisms.merge import merge

KEYS = st.sampled_from("abcd")
VALUES = st.one_of(st.integers(), st.lists(st.integers(), max_size=3))
TABLES: st.SearchStrategy[Any] = st.recursive(
    st.dictionaries(KEYS, VALUES, max_size=4), lambda inner: st.dictionaries(KEYS, st.one_of(VALUES, inner), max_size=4)
)


@given(TABLES)
def test_nothing_added_changes_nothing(table: dict[str, Any]) -> None:
    assert merge(table, {}) == table
    assert merge({}, table) == table


@settings(max_examples=50)
@given(TABLES, TABLES)
def test_the_child_wins_and_nobody_is_altered(parent: dict[str, Any], child: dict[str, Any]) -> None:
    before = copy.deepcopy((parent, child))
    merged = merge(parent, child)
    assert (parent, child) == before
    assert set(merged) == set(parent) | set(child)
    assert merge(merged, child) == merged
    for key, value in child.items():
        if not isinstance(value, dict):
            assert merged[key] == value


@settings(max_examples=50)
@given(TABLES, TABLES, TABLES)
def test_a_chain_may_be_merged_from_either_end(one: dict[str, Any], two: dict[str, Any], three: dict[str, Any]) -> None:
    """Holds where a table is never replaced by a value: there the order of the chain would tell."""
    if all(_same_kinds(a, b) for a, b in ((one, two), (two, three), (one, three))):
        assert merge(merge(one, two), three) == merge(one, merge(two, three))


def _same_kinds(one: dict[str, Any], other: dict[str, Any]) -> bool:
    shared = set(one) & set(other)
    return all(
        _same_kinds(one[k], other[k]) if isinstance(one[k], dict) and isinstance(other[k], dict)
        else isinstance(one[k], dict) == isinstance(other[k], dict)
        for k in shared
    )  # fmt: skip


def test_drop_takes_away_before_anything_is_added() -> None:
    parent = {"kinds": {"a": {"x": 1}, "b": {"x": 2}}, "n": 5}
    assert merge(parent, {"drop": ["kinds.a"], "kinds": {"c": {"x": 3}}}) == {
        "kinds": {"b": {"x": 2}, "c": {"x": 3}},
        "n": 5,
    }
    assert merge(parent, {"drop": ["kinds"], "kinds": {"c": {}}})["kinds"] == {"c": {}}


@pytest.mark.parametrize("path", ["none", "kinds.none", "n.inside", "kinds.a.none"])
def test_drop_names_the_path_that_is_not_there(path: str) -> None:
    with pytest.raises(KeyError, match=path):
        merge({"kinds": {"a": {"x": 1}}, "n": 5}, {"drop": [path]})
