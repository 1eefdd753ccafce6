"""`grids.toml`: how large a grid may be and who staffs it. Checks say what is lacking, by which rule; nothing is scored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from genmai.mechanisms.schema import Bool, Code, Count, Fault, Frozen, House, Positive, Section, Text

FITS, SMALL, BIG, UNKNOWN = "fits", "small", "big", "unknown"


class Size(Frozen):
    """Households a grid of this kind has, both bounds included."""

    title: Text
    least: Count
    most: Positive
    large: Bool  # 融合型大社区大单元
    source: Text


class Place(Frozen):
    """One of the places of 1+3+N, filled by any of these posts held in the grid or in the body above it."""

    title: Text
    least: Positive
    at: Literal["grid", "community"]
    posts: Annotated[tuple[Code, ...], Field(min_length=1)]
    source: Text


class GridSection(Section):
    """`grids.toml`."""

    sizes: Annotated[Mapping[Code, Size], Field(min_length=1)]
    staff: Annotated[Mapping[Code, Place], Field(min_length=1)]

    def size_for(self, large: bool) -> Size:
        """The rule for a grid of this kind."""
        return next((size for size in self.sizes.values() if size.large == large), next(iter(self.sizes.values())))

    def fits(self, households: int | None, *, large: bool) -> str:
        """fits, small, big; unknown where the households are not known."""
        if households is None:
            return UNKNOWN
        rule = self.size_for(large)
        return SMALL if households < rule.least else BIG if households > rule.most else FITS

    def answer(self, given: Mapping[str, Any]) -> str:
        """An example's question: households, large."""
        return self.fits(given.get("households"), large=bool(given.get("large")))

    def check(self, house: House) -> Iterator[Fault]:
        for key, size in self.sizes.items():
            if size.least > size.most:
                yield Fault(f"sizes.{key}", size.least, f"at most {size.most}")
