"""What an address of the registry asks: which tree, below whom, on which day, as known when; and addresses alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from genmai.directory.roster.models import Organisation, Tree
from genmai.directory.roster.queries import body
from genmai.directory.territory.days import SHANGHAI, day_of
from genmai.interfaces.web.shell.time_words import day_words
from genmai.kernel.refusal import BadInput, NotFound
from genmai.kernel.viewer import Viewer

EARLIEST = date(1921, 7, 1)


@dataclass(frozen=True)
class Question:
    """`as_at` None is today, `known` None is now."""

    now: datetime
    tree: str = Tree.PARTY
    of: Organisation | None = None
    as_at: date | None = None
    known: date | None = None

    @property
    def day(self) -> date:
        return self.as_at or day_of(self.now)

    @property
    def known_at(self) -> datetime | None:
        """The end of the day whose knowledge counts."""
        return datetime.combine(self.known + timedelta(days=1), time(), SHANGHAI) if self.known else None

    @property
    def when(self) -> dict[str, object]:
        """The arguments every query takes."""
        return {"at": self.now, "as_at": self.as_at, "known_at": self.known_at}

    @property
    def past(self) -> bool:
        return self.as_at is not None or self.known is not None

    @property
    def words(self) -> str:
        """The day asked for in words, "" for today as known now."""
        today = day_of(self.now)
        said = [_("%(day)s的样子") % {"day": day_words(self.as_at, today)}] if self.as_at else []
        if self.known:
            said.append(_("按%(day)s那天知道的") % {"day": day_words(self.known, today)})
        return _("，").join(said)

    def today(self) -> Question:
        """The same asked of today, as known now."""
        return Question(self.now, self.tree, self.of)

    def kept(self, **more: str) -> str:
        """The query of an address that asks about the same day."""
        asked = {
            "as_at": self.as_at.isoformat() if self.as_at else "",
            "known": self.known.isoformat() if self.known else "",
        }
        found = urlencode({name: value for name, value in {**asked, **more}.items() if value})
        return f"?{found}" if found else ""

    def level(self, of: UUID | None = None, tree: str = "") -> str:
        """The address of the level below a body."""
        return reverse("organisations") + self.kept(tree=tree or self.tree, of=str(of or ""))

    def branch(self, of: UUID) -> str:
        """The same as a fragment, to be opened in place."""
        return reverse("organisations_below") + self.kept(tree=self.tree, of=str(of))

    def card(self, public_id: UUID) -> str:
        return reverse("organisation", args=[public_id]) + self.kept()


def read(viewer: Viewer, asked: Mapping[str, str], now: datetime, *, tree: str = Tree.PARTY) -> Question:
    """Raises BadInput for a day that is none, NotFound for a body outside the viewer's scope."""
    chosen = asked.get("tree", "")
    found = Question(
        now=now,
        tree=chosen if chosen in Tree.values else tree,
        as_at=_day(asked.get("as_at", ""), "as_at", day_of(now)),
        known=_day(asked.get("known", ""), "known", day_of(now)),
    )
    of = asked.get("of", "")
    if not of:
        return found
    try:
        parent = body(viewer, public_id=UUID(of), **found.when)  # type: ignore[arg-type]
    except ValueError as wrong:
        raise NotFound() from wrong
    return Question(now, found.tree, parent, found.as_at, found.known)


def _day(text: str, name: str, today: date) -> date | None:
    """A day of the past; today and nothing are the same."""
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError as wrong:
        raise BadInput("not_a_day", "请填日期，例如 2026-07-31", field=name, allowed="2026-07-31") from wrong
    if not EARLIEST <= day <= today:
        raise BadInput("day_out_of_range", "只能看今天和以前的日子", field=name, allowed=f"{EARLIEST} – {today}")
    return None if day == today else day
