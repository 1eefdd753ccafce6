"""The line above every page: which place is in emergency, and which extras are off since when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from genmai.interfaces.web.handle_case.words import say
from genmai.kernel.refusal import Refused
from genmai.kernel.viewer import NOBODY, Viewer
from genmai.processes.cases import mechanism
from genmai.processes.cases.queries import emergency, extras
from genmai.processes.cases.queries.extras import Active


@dataclass(frozen=True)
class EmergencyLine:
    """One place in emergency, in words; `form_url` is its short form."""

    code: str
    place: str
    kind: str
    level: str
    started_at: datetime
    until: datetime
    url: str
    form_url: str


@dataclass(frozen=True)
class Standing:
    """What every page says first; false when there is nothing to say."""

    emergencies: Sequence[EmergencyLine] = ()
    off: Sequence[str] = ()
    paused: frozenset[str] = frozenset()  # the same as keys, whoever looks
    off_since: datetime | None = None
    by_hand: bool = False
    now: datetime | None = None

    def __bool__(self) -> bool:
        return bool(self.emergencies or self.off)


def read_once(request: HttpRequest) -> extras.Standing:
    """What stands, read at most once a request (and once in two seconds a process)."""
    found: extras.Standing | None = getattr(request, "standing", None)
    if found is None:
        found = extras.standing(getattr(request, "now", None) or timezone.now())
        request.standing = found  # type: ignore[attr-defined]
    return found


def standing(request: HttpRequest) -> Standing:
    """For the shell's context."""
    now = getattr(request, "now", None) or timezone.now()
    viewer: Viewer = getattr(request, "viewer", NOBODY)
    read = read_once(request)
    found, pauses = emergency.of_viewer(viewer, read.emergencies), read.pauses
    if viewer.anonymous:  # residents meet one extra only
        pauses = tuple(pause for pause in pauses if pause.extra == extras.SIMILAR)
    return Standing(
        emergencies=[line for active in found if (line := line_of(active, viewer)) is not None],
        paused=frozenset(pause.extra for pause in read.pauses),
        off=_titles({pause.extra for pause in pauses}) if pauses else (),
        off_since=min((pause.since for pause in pauses), default=None),
        by_hand=any(pause.by_hand for pause in pauses),
        now=now,
    )


def line_of(active: Active, viewer: Viewer) -> EmergencyLine | None:
    """In the reader's language; None when its mechanism is no longer installed."""
    try:
        _, mode = mechanism.emergency_mode(active.mechanism)
    except Refused:
        return None
    form_url = reverse("report_now", args=[active.code])
    return EmergencyLine(
        code=active.code,
        place=active.place,
        kind=_title(mode.kinds.get(active.kind), active.kind),
        level=_title(mode.levels[active.level].title if active.level in mode.levels else None, active.level),
        started_at=active.started_at,
        until=active.until,
        url=form_url if viewer.anonymous else reverse("emergency", args=[active.public_id]),
        form_url=form_url,
    )


def _title(text: Any, otherwise: str) -> str:
    return say(text) if text is not None else otherwise


def _titles(keys: set[str]) -> list[str]:
    installed = mechanism.emergency()
    known = mechanism.emergency_mode(installed.ref)[1].extras if installed else {}
    return [say(known[key]) for key in known if key in keys] or [gettext("附加功能")]
