"""Charts as SVG strings: pure functions, classes instead of styles (strict CSP), zero-based, direct labels.

Widths are percentages and heights are em, so one drawing fits 360 px and 1920 px and grows with large type.
Every chart is drawn beside its table (components/chart.html); the drawing itself is a picture with a name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from html import escape

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

INSIDE_LABEL_PERCENT = 13
"""A segment narrower than this has no room for its words; the table below has them."""
TONES = 5


@dataclass(frozen=True)
class Bar:
    """One bar. `value` is in the chart's unit; `shown` is how it reads; `mark` a comparison on the same scale."""

    label: str
    value: float
    shown: str
    small: bool = False
    mark: float | None = None
    url: str = ""


@dataclass(frozen=True)
class Column:
    """One month. `value` None means nothing was counted: a gap, not a zero."""

    label: str
    value: float | None
    shown: str = ""
    small: bool = False


@dataclass(frozen=True)
class Segment:
    """One part of a whole: `amount` in pieces, `shown` how it reads."""

    label: str
    amount: int
    shown: str


def bars(name: str, rows: Sequence[Bar], *, full: float | None = None) -> SafeString:
    """Horizontal bars, label above and value at the end of each; `full` is the length of the track (1.0 for shares)."""
    top = full or max((row.value for row in rows), default=0) or 1
    row_em = 2.9
    hatch = _hatch_id(name)
    parts = [_bar(row, index * row_em, top, hatch, track=full is not None) for index, row in enumerate(rows)]
    linked = any(row.url for row in rows)
    return _svg(name, len(rows) * row_em, _hatch(hatch, any(row.small for row in rows)), parts, linked=linked)


def columns(name: str, months: Sequence[Column], *, full: float | None = None) -> SafeString:
    """One column a month, the last one dark, the others its own past; a dashed line for the mean of the past."""
    values = [month.value for month in months if month.value is not None]
    top = full or max(values, default=0) or 1
    hatch = _hatch_id(name)
    plot_top, plot_em = 1.6, 8.0
    base = plot_top + plot_em
    step = 100 / max(len(months), 1)
    parts = [
        _column(month, index * step, step, top, plot_em, base, hatch, last=index == len(months) - 1)
        for index, month in enumerate(months)
    ]
    parts.extend(_mean_line(months, top, plot_em, base))
    parts.append(f'<line class="axis" x1="0" x2="100%" y1="{base}em" y2="{base}em"/>')
    parts.extend(
        _column_words(month, index * step + step / 2, top, plot_em, base, last=index == len(months) - 1)
        for index, month in enumerate(months)
    )
    return _svg(name, base + 1.7, _hatch(hatch, any(month.small for month in months)), parts)


def share_bar(name: str, segments: Sequence[Segment]) -> SafeString:
    """One bar of a whole in at most five tones (a sixth and later part is hatched), words inside where they fit."""
    whole = sum(segment.amount for segment in segments)
    hatch = _hatch_id(name)
    if whole == 0:
        return _svg(name, 3.2, "", ['<rect class="track" x="0" y="0.2em" width="100%" height="2.6em" rx="2"/>'])
    parts: list[str] = []
    before = 0
    for index, segment in enumerate(segments):
        if segment.amount:
            parts.append(_segment(segment, index, before, whole, hatch))
        before += segment.amount
    narrow = [one for one in segments if one.amount and one.amount * 100 < whole * INSIDE_LABEL_PERCENT]
    if narrow:
        words = escape("　".join(f"{one.label} {one.shown}" for one in narrow))
        parts.append(f'<text class="muted" x="100%" y="4em" text-anchor="end">{words}</text>')
    return _svg(name, 4.4 if narrow else 3.2, _hatch(hatch, len(segments) > TONES), parts)


def swatch(index: int) -> SafeString:
    """The tone of part `index` of a share bar, to stand in its table row."""
    paint = f"tone-{index + 1}" if index < TONES else "hatch-ground hatched"
    square = f'<rect class="{paint}" width="10" height="10"/>'
    return mark_safe(f'<svg class="swatch" viewBox="0 0 10 10" aria-hidden="true">{square}</svg>')  # noqa: S308 - ours


def _bar(row: Bar, y: float, top: float, hatch: str, *, track: bool) -> str:
    width = _percent(row.value, top)
    label, shown = escape(row.label), escape(row.shown)
    text = f'<text x="0" y="{y + 1.05:.2f}em">{label}</text>'
    if row.url:
        text = f'<a href="{escape(row.url)}">{text}</a>'
    number = f'<text class="value" x="100%" y="{y + 1.05:.2f}em" text-anchor="end">{shown}</text>'
    ground = f'<rect class="track" x="0" y="{y + 1.45:.2f}em" width="100%" height="0.8em" rx="2"/>' if track else ""
    paint = f'class="hatched" fill="url(#{hatch})"' if row.small else 'class="now"'
    bar = f'<rect {paint} x="0" y="{y + 1.45:.2f}em" width="{width}%" height="0.8em" rx="2"/>'
    mark = ""
    if row.mark is not None:
        x = _percent(row.mark, top)
        place = f'x1="{x}%" x2="{x}%" y1="{y + 1.25:.2f}em" y2="{y + 2.45:.2f}em"'
        mark = f'<line class="tick-ground" {place}/><line class="tick" {place}/>'
    return text + number + ground + bar + mark


def _column(
    month: Column, x: float, step: float, top: float, plot_em: float, base: float, hatch: str, *, last: bool
) -> str:
    if month.value is None:
        return ""
    height = plot_em * float(_percent(month.value, top)) / 100
    paint = f'class="hatched" fill="url(#{hatch})"' if month.small else f'class="{"now" if last else "past"}"'
    return (
        f'<rect {paint} x="{x + step * 0.16:.3f}%" y="{base - height:.3f}em" '
        f'width="{step * 0.68:.3f}%" height="{height:.3f}em"/>'
    )


def _column_words(month: Column, x: float, top: float, plot_em: float, base: float, *, last: bool) -> str:
    kind = "value" if last else "muted"
    height = 0.0 if month.value is None else plot_em * float(_percent(month.value, top)) / 100
    shown = escape(_("无") if month.value is None else month.shown)
    return (
        f'<text class="{kind} halo" x="{x:.3f}%" y="{base - height - 0.4:.3f}em" text-anchor="middle">{shown}</text>'
        f'<text class="{kind}" x="{x:.3f}%" y="{base + 1.25:.2f}em" text-anchor="middle">{escape(month.label)}</text>'
    )


def _mean_line(months: Sequence[Column], top: float, plot_em: float, base: float) -> list[str]:
    past = [month.value for month in months[:-1] if month.value is not None and not month.small]
    if len(past) < 3:
        return []
    y = base - plot_em * float(_percent(sum(past) / len(past), top)) / 100
    return [f'<line class="average" x1="0" x2="100%" y1="{y:.3f}em" y2="{y:.3f}em"/>']


def _segment(segment: Segment, index: int, before: int, whole: int, hatch: str) -> str:
    x, width = _percent(before, whole), _percent(segment.amount, whole)
    paint = f'class="tone-{index + 1}"' if index < TONES else f'class="hatched" fill="url(#{hatch})"'
    rect = f'<rect {paint} x="{x}%" y="0.2em" width="{width}%" height="2.6em"/>'
    if float(width) < INSIDE_LABEL_PERCENT:
        return rect
    ink = "inside" if index < 2 else "inside-dark"
    middle = f"{float(x) + float(width) / 2:.3f}%"
    words = f'<text class="{ink}" x="{middle}" y="1.35em" text-anchor="middle">{escape(segment.label)}</text>'
    number = f'<text class="{ink}" x="{middle}" y="2.45em" text-anchor="middle">{escape(segment.shown)}</text>'
    return rect + words + number


def _percent(value: float, top: float) -> str:
    share = Decimal(str(value)) / Decimal(str(top)) * 100
    return f"{max(Decimal(0), min(share, Decimal(100))):.3f}"


def _hatch_id(name: str) -> str:
    return "hatch-" + sha256(name.encode()).hexdigest()[:8]


def _hatch(hatch: str, needed: bool) -> str:
    if not needed:
        return ""
    return (
        f'<defs><pattern id="{hatch}" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<rect class="hatch-ground" width="6" height="6"/><line class="hatch-line" x1="0" y1="0" x2="0" y2="6"/>'
        "</pattern></defs>"
    )


def _svg(name: str, height_em: float, definitions: str, parts: Sequence[str], *, linked: bool = False) -> SafeString:
    """A picture with a name; with links in it a group, because a picture's parts are not there for a screen reader."""
    body, role = "".join(parts), "group" if linked else "img"
    return mark_safe(  # noqa: S308 - every word in it is escaped where it is put in
        f'<svg role="{role}" aria-label="{escape(name)}" width="100%" height="{height_em:.2f}em">{definitions}{body}</svg>'
    )
