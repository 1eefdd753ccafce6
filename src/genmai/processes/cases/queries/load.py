"""How much is on whose desk, shown before one more is handed over: one query for any number of bodies."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import BooleanField, Count, Exists, OuterRef, Q
from django.db.models.expressions import RawSQL

from genmai.directory.roster.models import Organisation
from genmai.kernel.viewer import Viewer
from genmai.processes.cases import clocks, mechanism
from genmai.processes.cases.models import Body, Case
from genmai.processes.cases.queries.lists import visible

IN_HAND = ("dispatched", "in_hand", "suspended")


@dataclass(frozen=True, slots=True)
class Load:
    """Matters whose move it is the body's, as far as the viewer sees them: how many, late, handed to it today."""

    open: int = 0
    late: int = 0
    today: int = 0


NOTHING = Load()

# All overdue limits of these bodies at once: asked case by case, every limit of a body was read again for each of its cases.
_LATE = """("cases_case"."id", "cases_case"."holder_id") IN (
    SELECT case_id, owner_id FROM cases_milestone WHERE state = 'running' AND due_at < %s AND owner_id = ANY(%s::bigint[])
)"""


def loads(viewer: Viewer, *, ids: Collection[int], at: datetime) -> Mapping[int, Load]:
    """By organisation id; a body with nothing in hand is left out. Counts only what the viewer may see."""
    calendar = clocks.calendar()
    midnight = calendar.local_midnight(calendar.local_date(at))
    late = RawSQL(_LATE, [at, list(ids)], output_field=BooleanField())  # noqa: S611  no text of anybody
    today = Body.objects.filter(case=OuterRef("pk"), part=Body.Part.LEAD, released_at=None, asked_at__gte=midnight)
    rows = visible(viewer).filter(holder_id__in=list(ids), state__in=IN_HAND).order_by()
    marked = rows.annotate(is_late=late, is_new=Exists(today)).values("holder_id")
    counted = marked.annotate(
        n=Count("id"), over=Count("id", filter=Q(is_late=True)), fresh=Count("id", filter=Q(is_new=True))
    )
    return {
        holder: Load(n, over, fresh)
        for holder, n, over, fresh in counted.values_list("holder_id", "n", "over", "fresh")
    }


def cap_of(kind: str) -> int | None:
    """How many open matters fill a body of this kind; None where nothing is said."""
    return mechanism.definition_of(mechanism.loop()).load.caps.get(kind)


@dataclass(frozen=True, slots=True)
class Full:
    """The body is full; `lighter` could have it too, by its kind and by the duty list."""

    body: Organisation
    load: Load
    cap: int
    lighter: Organisation | None
    lighter_load: Load


def warning_for(
    *,
    body: Organisation,
    among: Sequence[Organisation],
    loads: Mapping[int, Load],
    case: Case,
    category: str,
    at: datetime,
) -> Full | None:
    """A warning where the body stands at its cap or above, naming the lightest other one the duty list allows. Pure."""
    cap, load = cap_of(body.kind), loads.get(body.pk, NOTHING)
    if cap is None or load.open < cap:
        return None
    row = mechanism.duty_of(category, on=at.date()) if category else None
    fit = [
        one
        for one in among
        if one.kind == body.kind
        and one.pk != body.pk
        and (row is None or mechanism.is_body_of(row, one.code, one.kind))
    ]
    lighter = min(fit, key=lambda one: (loads.get(one.pk, NOTHING).open, one.code), default=None)
    found = loads.get(lighter.pk, NOTHING) if lighter else NOTHING
    if lighter is not None and found.open >= load.open:
        lighter = None
    return Full(body, load, cap, lighter, found)


__all__ = ["NOTHING", "Full", "Load", "cap_of", "loads", "warning_for"]
