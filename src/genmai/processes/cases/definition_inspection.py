"""What a mechanism says of inspecting: classes, evidence, bands, the words of notice and circular. Pure.

The classes themselves are the section's `kinds`, their limits its `milestones`: a finding is a case.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from string import Formatter
from typing import Annotated, Literal

from pydantic import Field

from genmai.mechanisms.schema import Code, Fault, Frozen, Positive, Share, Text, out_of_order, unknown_keys

# What a wording may ask for; each is filled from the round and its figures.
PLACES = frozenset(
    {
        "title", "number", "office", "period", "basis", "classes", "found", "bodies", "rectified", "on_time", "late",
        "open", "reworked", "passed", "checked", "share", "body", "count", "as_of",
    }
)  # fmt: skip


class FindingClass(Frozen):
    """One of the sides that are looked at; its key is a key of `kinds`.

    `evidence`: what shows that it was put right. "words": words alone; "words_or_picture": a picture is welcome. A
    picture is never demanded: the house forces no photograph on anybody.
    """

    order: Positive
    evidence: Literal["words", "words_or_picture"] = "words"
    examples: Text | None = None


class Band(Frozen):
    """How a body stands, in words instead of a rank: the first band, in order, whose `when` holds for it.

    `open`: something is not put right yet; `late`: all put right, some after the limit; `on_time`: all within it.
    """

    order: Positive
    title: Text
    when: Literal["open", "late", "on_time"]


class Wording(Frozen):
    """The circular's sentences, with places in braces (`PLACES`)."""

    heading: Text
    opening: Text
    summary: Text
    classes: Text
    bodies: Text
    open: Text
    closing: Text


class Inspection(Frozen):
    """`[inspection]` of cases.toml. `urgencies`: those a finding may have; `rectified`: the closing a passed re-inspection
    ends with; `due_soon`: the share of its limit after which a finding stands among those due soon; `sample`: the share
    of findings that only a look on the spot can pass (`drawn`), the rest may pass on paper.
    """

    classes: Annotated[Mapping[Code, FindingClass], Field(min_length=1)]
    urgencies: Annotated[tuple[Code, ...], Field(min_length=1)]
    rectified: Code
    due_soon: Share
    sample: Share
    notice: Text
    bands: Annotated[Mapping[Code, Band], Field(min_length=1)]
    circular: Wording

    def check(
        self, kinds: Mapping[str, object], urgencies: Mapping[str, object], closings: Mapping[str, object]
    ) -> Iterator[Fault]:
        """Faults against the section it stands in."""
        yield from unknown_keys("inspection.urgencies", self.urgencies, urgencies)
        yield from unknown_keys("inspection.classes", list(self.classes), kinds)
        yield from unknown_keys("inspection.rectified", [self.rectified], closings)
        yield from out_of_order("inspection.classes", self.classes)
        yield from out_of_order("inspection.bands", self.bands)
        if {band.when for band in self.bands.values()} != {"open", "late", "on_time"}:
            yield Fault("inspection.bands", sorted(self.bands), "one band each for open, late and on_time")
        wordings = {f"circular.{name}": getattr(self.circular, name) for name in Wording.model_fields}
        for key, text in (wordings | {"notice": self.notice}).items():
            for language in ("zh", "en"):
                for place in _unknown_places(getattr(text, language)):
                    yield Fault(f"inspection.{key}.{language}", place, f"one of: {', '.join(sorted(PLACES))}")

    def drawn(self, no: int, *, start: int) -> bool:
        """Whether chance drew this finding for a look on the spot: evenly among the numbers, `start` says from which on.

        Of as many in a row as the share's denominator, as many as its numerator: no body can know its own beforehand,
        and nobody picks.
        """
        n, d = self.sample.numerator, self.sample.denominator
        at = no + start % d
        return at * n // d > (at - 1) * n // d

    def band(self, *, open_: int, late: int) -> Band:
        """How a body stands with so many not put right and so many put right late."""
        when = "open" if open_ else "late" if late else "on_time"
        return next(band for band in self.bands.values() if band.when == when)


def _unknown_places(text: str) -> list[str]:
    return [name for _, name, _, _ in Formatter().parse(text) if name is not None and name not in PLACES]
