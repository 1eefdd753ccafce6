"""Named, versioned formulas. A changed formula gets a new version; the old one stays for the periods it ruled."""

from __future__ import annotations

from collections.abc import Callable, Mapping

SCALE = 10_000  # results are whole ten-thousandths, so that every machine gives the same digits


def share_1(numerator: int, denominator: int) -> int | None:
    """Numerator over denominator in ten-thousandths, halves up; None where there is nothing to divide by."""
    if denominator == 0:
        return None
    return (2 * numerator * SCALE + denominator) // (2 * denominator)


FORMULAS: Mapping[str, Callable[[int, int], int | None]] = {"share@1": share_1}
