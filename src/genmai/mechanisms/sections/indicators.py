"""`indicators.toml`: indices by named, versioned formulas with parameters; tiers that only propose."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pydantic import Field

from genmai.mechanisms.schema import (
    Bool,
    Code,
    Count,
    Fault,
    Frozen,
    House,
    Positive,
    Section,
    Share,
    Text,
    VersionedName,
    bad_ref,
    out_of_order,
    unknown_keys,
    unknown_roles,
)

# The names of DESIGN §5. An engine that has a formula checks its parameters; here only the name is checked.
FORMULAS = frozenset(
    f"{name}@1"
    for name in (
        "count", "sum", "distinct", "share", "share_within_limit", "rate_with_shrinkage", "latest", "banded_steps",
        "min_max", "goalposts", "z", "percentile", "cap", "bonus", "deduct", "veto", "appraisal", "mean", "geometric",
        "harmonic",
    )
)  # fmt: skip


class MemberClass(Frozen):
    """A class of those scored; one that isn't scored needs a body's decision."""

    title: Text
    scored: Bool = True
    needs_decision: str | None = None


class Dimension(Frozen):
    title: Text
    points: Positive


class LocalBounds(Frozen):
    """What a branch may set itself, within these bounds."""

    from_: Count = Field(alias="from")
    to: Count
    set_by: Code


class Item(Frozen):
    """One line of the sheet: `points` by `formula` with its parameters under `with`."""

    title: Text
    kind: Literal["base", "bonus", "deduct", "veto"]
    points: Count
    formula: VersionedName
    with_: Mapping[str, Any] = Field(alias="with", default_factory=dict)
    dimension: Code | None = None
    only_for: tuple[Code, ...] = ()
    not_for: tuple[Code, ...] = ()
    local: LocalBounds | None = None


class Tier(Frozen):
    """From this score, at most this share; `proposes` to a body, which decides."""

    title: Text
    order: Positive
    from_: Count = Field(alias="from")
    quota: Share | None = None
    proposes: tuple[str, ...] = ()


class Index(Frozen):
    title: Text
    subject: Literal["member", "branch", "grid", "village", "town", "department", "district"]
    base_points: Positive
    bonus_cap: Count = 0
    lowest: Count = 0
    aggregate: VersionedName
    applicable_only: Bool = True
    periods: tuple[Literal["month", "quarter", "year"], ...]
    year_from_quarters: VersionedName | None = None
    tolerance: Literal["deductions_suppressed", "none"] = "none"
    fields: Mapping[Code, Text] = Field(default_factory=dict)
    classes: Mapping[Code, MemberClass] = Field(default_factory=dict)
    dimensions: Mapping[Code, Dimension] = Field(default_factory=dict)
    items: Mapping[Code, Item]
    tiers: Mapping[Code, Tier] = Field(default_factory=dict)


class IndicatorsSection(Section):
    indices: Mapping[Code, Index]

    def check(self, house: House) -> Iterator[Fault]:
        for key, index in self.indices.items():
            place = f"indices.{key}"
            yield from self._check_points(place, index)
            yield from out_of_order(f"{place}.tiers", index.tiers)
            yield from unknown_keys(f"{place}.aggregate", [index.aggregate], dict.fromkeys(FORMULAS))
            for name, group in index.classes.items():
                yield from (
                    bad_ref(house, f"{place}.classes.{name}", group.needs_decision) if group.needs_decision else ()
                )
            for name, item in index.items.items():
                yield from self._check_item(house, f"{place}.items.{name}", index, item)

    def _check_points(self, place: str, index: Index) -> Iterator[Fault]:
        total = sum(dimension.points for dimension in index.dimensions.values())
        if index.dimensions and total != index.base_points:
            yield Fault(f"{place}.dimensions", total, f"points adding up to base_points = {index.base_points}")
        for key, dimension in index.dimensions.items():
            points = sum(i.points for i in index.items.values() if i.dimension == key and i.kind == "base")
            if points != dimension.points:
                yield Fault(f"{place}.dimensions.{key}.points", dimension.points, f"its base items add up to {points}")

    def _check_item(self, house: House, place: str, index: Index, item: Item) -> Iterator[Fault]:
        yield from unknown_keys(f"{place}.formula", [item.formula], dict.fromkeys(FORMULAS))
        yield from unknown_keys(f"{place}.dimension", [item.dimension] if item.dimension else [], index.dimensions)
        yield from unknown_keys(f"{place}.only_for", item.only_for, index.classes)
        yield from unknown_keys(f"{place}.not_for", item.not_for, index.classes)
        if item.kind == "base" and index.dimensions and item.dimension is None:
            yield Fault(place, item.kind, "a base item belongs to a dimension")
        if item.local:
            yield from unknown_roles(house, f"{place}.local.set_by", [item.local.set_by])
            if not item.local.from_ <= item.points <= item.local.to:
                yield Fault(f"{place}.points", item.points, f"within {item.local.from_} to {item.local.to}")
        decision = item.with_.get("decision")
        if isinstance(decision, str):
            yield from bad_ref(house, f"{place}.with.decision", decision)
