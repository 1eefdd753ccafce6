"""Components of the design system as template tags. docs/design-system.md shows each; /design/ draws each state."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BaseForm, BoundField
from django.template.context import RequestContext
from django.utils import timezone
from django.utils.safestring import SafeString

from genmai.interfaces.web.shell import counting_words, icons, rendering, time_words
from genmai.interfaces.web.shell.toast import undo_of
from genmai.interfaces.web.shell.view_models import Chart, Crumb, Event, Figure, MatterRow, Progress, Step, Tab
from genmai.kernel.worktime import Explanation

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    """An inline line icon or state shape; the word beside it speaks."""
    return icons.draw(name)


@register.inclusion_tag("components/state.html")
def state(kind: str, word: str) -> dict[str, Any]:
    """A state with its word, shape and colour. `kind`: new, in-hand, late or done."""
    return {"kind": kind, "word": word}


@register.inclusion_tag("components/due.html")
def due(
    due_at: datetime | None,
    now: datetime | None = None,
    working_days: int | str | None = None,
    met_at: datetime | None = None,
    suspended: bool = False,
    provisional: bool = False,
    on_demand: bool = False,
) -> dict[str, Any]:
    """A deadline chip. `on_demand=True` opens the exact moment on a tap (not inside a link)."""
    if not due_at:
        return {"due": None}
    words = time_words.due_words(
        due_at,
        now or timezone.now(),
        # A value the page does not have arrives from a template as "".
        working_days_left=None if working_days in ("", None) else int(working_days),
        met_at=met_at or None,
        suspended=bool(suspended),
        provisional=bool(provisional),
    )
    shape = {"late": "late", "met": "tick"}.get(words.tone, "clock")
    return {"due": words, "due_at": due_at, "shape": shape, "on_demand": on_demand}


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, optional: bool = False, css: str = "") -> dict[str, Any]:
    """Label, help, control, error. `css="short"` narrows the control; radio and checkbox lists become cards."""
    kind = getattr(bound.field.widget, "input_type", "")
    grouped = kind in ("radio", "checkbox") and hasattr(bound.field.widget, "choices")
    control = rendering.choices(bound) if grouped else bound.as_widget(attrs={"class": css} if css else None)
    single = kind == "checkbox" and not grouped
    return {"bound": bound, "optional": optional, "grouped": grouped, "single": single, "control": control, "css": css}


@register.inclusion_tag("components/photo_picker.html")
def photo_picker(bound: BoundField, limit: int = 6) -> dict[str, Any]:
    """A file field for photos; previews appear once the script runs, sending works without it."""
    control = bound.as_widget(attrs={"accept": "image/*", "data-photos": str(limit)})
    return {"bound": bound, "control": control, "limit": limit}


@register.inclusion_tag("components/error_summary.html")
def error_summary(form: BaseForm, kept: bool = True) -> dict[str, Any]:
    """What is wrong with the whole form, each line leading to its field; nothing when there is no error.

    `kept`: what was typed stands there still (a password does not).
    """
    return {"form": form, "kept": kept, "bound_errors": [bound for bound in form if bound.errors]}


@register.inclusion_tag("components/figure.html")
def figure(figure: Figure, now: datetime | None = None) -> dict[str, Any]:
    """One share with n, d, as-of, rule version and the way to its deeds."""
    return {"figure": figure, "now": now or timezone.now()}


@register.inclusion_tag("components/chart.html")
def chart(chart: Chart, open_table: bool = False) -> dict[str, Any]:
    """Question, answer, drawing, table."""
    return {"chart": chart, "open_table": open_table}


@register.inclusion_tag("components/timeline.html")
def timeline(events: Sequence[Event], now: datetime | None = None) -> dict[str, Any]:
    """A history, in the order given."""
    return {"events": events, "now": now or timezone.now()}


@register.inclusion_tag("components/counting.html")
def counting(explanation: Explanation, now: datetime | None = None, show: bool = False) -> dict[str, Any]:
    """Why it is due then: a sentence, and the kernel's day-by-day table; `show=True` opens the table."""
    today = (now or timezone.now()).astimezone(time_words.SHANGHAI).date()
    return {"counting": counting_words.counting(explanation, today), "open": show}


@register.inclusion_tag("components/path.html")
def path(steps: Sequence[Step]) -> dict[str, Any]:
    """The few steps a resident's matter goes through."""
    return {"steps": steps}


@register.inclusion_tag("components/matter_list.html")
def matter_list(matters: Sequence[MatterRow], now: datetime | None = None) -> dict[str, Any]:
    """Matters as rows that are links: state, deadline, title, place, who is on it."""
    return {"matters": matters, "now": now or timezone.now()}


@register.inclusion_tag("components/trail.html")
def trail(crumbs: Sequence[Crumb]) -> dict[str, Any]:
    """Breadcrumbs of the organisation tree."""
    return {"crumbs": crumbs}


@register.inclusion_tag("components/tabs.html")
def tabs(tabs: Sequence[Tab], label: str) -> dict[str, Any]:
    """Tabs that are links: each view has its own address."""
    return {"tabs": tabs, "label": label}


@register.inclusion_tag("components/pager.html", takes_context=True)
def pager(context: RequestContext, page: Page[Any], unit: str = "") -> dict[str, Any]:
    """Pages of a long list, keeping the filters in the address."""
    numbers = list(page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1))
    return {
        "request": context["request"],
        "page": page,
        "numbers": numbers,
        "unit": unit,
        "gap": page.paginator.ELLIPSIS,
    }


@register.inclusion_tag("components/progress.html")
def progress(progress: Progress) -> dict[str, Any]:
    """Long work; asks for itself again every second while it runs."""
    return {"progress": progress}


@register.inclusion_tag("components/skeleton.html")
def skeleton(rows: int = 3) -> dict[str, Any]:
    """Grey lines where a list is coming; not seen before 300 ms."""
    return {"rows": range(rows * 3)}


@register.filter
def undo(extra_tags: str | None) -> Any:
    """The way back kept in a message, or None."""
    return undo_of(extra_tags)
