"""The matters behind any number of the board: its count is the number that was tapped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from genmai.directory.roster.models import Organisation
from genmai.interfaces.web.board import question
from genmai.interfaces.web.board.question import HOUR, TODAY, Question
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.handle_case import words
from genmai.interfaces.web.handle_case.rows import rows
from genmai.interfaces.web.shell.view_models import Crumb
from genmai.processes.cases import mechanism
from genmai.processes.cases.models import Case
from genmai.processes.cases.queries import hot_spots
from genmai.reports.board.inflow import HOUR as ONE_HOUR
from genmai.reports.board.inflow import midnight, received
from genmai.reports.board.limits import limits
from genmai.reports.board.standing import NO_SUBJECT, Slice
from genmai.reports.board.standing import matters as standing_matters

PAGE = 50


@dataclass(frozen=True)
class Part:
    """What an address asks for, in words, and how a page of it is read."""

    asked: Question
    query: Mapping[str, str]

    @property
    def title(self) -> str:
        came = self.query.get("came", "")
        if came == TODAY:
            return _("今天收到的")
        if came == HOUR:
            return _("这一小时收到的")
        if self._hot_home:
            return _("热点：{words}").format(words=_("，").join(self._hot_words()))
        said = _said(question.slice_of(self.query))
        return _("现在在办的：{words}").format(words=_("，").join(said)) if said else _("现在在办的")

    def page(self, offset: int, limit: int) -> tuple[list[Case], int]:
        """So many of them, and how many there are. A constant number of queries."""
        asked, came = self.asked, self.query.get("came", "")
        if came in (TODAY, HOUR):
            since = midnight(asked.now)
            if came == HOUR:
                since += (asked.now - since) // ONE_HOUR * ONE_HOUR
            return received(asked.viewer, place=asked.place, at=asked.now, since=since, offset=offset, limit=limit)
        if self._hot_home:
            return self._hot(offset, limit)
        part = question.slice_of(self.query)
        return standing_matters(asked.viewer, place=asked.place, at=asked.now, part=part, offset=offset, limit=limit)

    @property
    def _hot_home(self) -> UUID | None:
        try:
            return UUID(self.query.get("hot", ""))
        except ValueError:
            return None

    def _subject(self) -> str:
        code = question.slice_of(self.query).subject
        return "" if code == NO_SUBJECT else code

    def _hot(self, offset: int, limit: int) -> tuple[list[Case], int]:
        assert self._hot_home is not None  # noqa: S101
        hours = limits().hot_hours if self.query.get("span") == "hours" else None
        found = hot_spots.matters(
            self.asked.viewer, home=self._hot_home, category=self._subject(), at=self.asked.now,
            hours=hours, days=limits().hot_days,
        )  # fmt: skip
        return list(found[offset : offset + limit]), found.count()

    def _hot_words(self) -> list[str]:
        assert self._hot_home is not None  # noqa: S101
        home = Organisation.objects.filter(public_id=self._hot_home).first()
        taxonomy, code = mechanism.taxonomy(), self._subject()
        subject = words.subject(taxonomy.lookup(code)) if code in taxonomy else _("还没归类")
        return [home.short_name, subject] if home else [subject]


def _said(part: Slice) -> list[str]:
    """The parts of a slice as people say them."""
    taxonomy = mechanism.taxonomy()
    said = [words.badge(part.state)[1]] if part.state else []
    if part.level:
        said.append(_("在{level}一级").format(level=words.LEVELS[part.level]))
    if part.subject:
        code = part.subject
        said.append(words.subject(taxonomy.lookup(code)) if code in taxonomy else _("还没归类"))
    if part.body:
        name = Organisation.objects.filter(pk=part.body).values_list("short_name", flat=True).first()
        said.append(_("{name}在办").format(name=name or "—"))
    flags = (("late", _("已经超时")), ("soon", _("快到期")), ("reopened", _("又重新办的")))
    return said + [word for flag, word in flags if getattr(part, flag)]


@never_cache
@signed_in
@require_safe
def matters(request: HttpRequest) -> HttpResponse:
    """One page of them, as every list shows matters."""
    asked = cast(AskedRequest, request)
    part = Part(question.read(asked.viewer, cast(Any, request.GET), asked.now), cast(Any, request.GET))
    text = request.GET.get("page", "")
    number = int(text) if text.isdigit() and 0 < len(text) < 6 and int(text) else 1
    found, total = part.page((number - 1) * PAGE, PAGE)
    page = Paginator(range(total or (number > 1 and PAGE) or 0), PAGE).get_page(number)
    if number > 1 and not found:  # past the end, or everything was done meanwhile
        page = Paginator(range(0), PAGE).get_page(1)
    context = {
        "nav_key": "board", "now": asked.now, "asked": part.asked, "title": part.title, "total": total, "page": page,
        "rows": rows(asked.viewer, found, asked.now),
        "crumbs": [Crumb(_("{unit}总览").format(unit=part.asked.unit.short_name), part.asked.board()), Crumb(part.title)],
    }  # fmt: skip
    return render(request, "board/matters.html", context)
