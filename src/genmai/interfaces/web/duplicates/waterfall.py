"""Why two records look like one person, in words and bars: one line a comparison."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from genmai.directory.roster.linkage.explaining import Line


def drawn(lines: Sequence[Line]) -> list[dict[str, Any]]:
    """Each line, how many times likelier or less likely it makes it, and a bar for it."""
    largest = max([abs(line.bits) for line in lines] or [1])
    return [
        {
            "what": _(line.comparison), "finding": _(line.finding), "for": line.speaks_for, "times": _times(line.times),
            "width": round(abs(line.bits) / largest * 100) if largest else 0,
        }
        for line in lines
    ]  # fmt: skip


def _times(times: float) -> str:
    if times < 1.1:
        return _("几乎说明不了什么")
    if times >= 10_000:
        return _("%(n)s 万倍") % {"n": f"{times / 10_000:,.0f}"}
    return _("%(n)s 倍") % {"n": f"{times:,.0f}" if times >= 10 else f"{times:.1f}"}
