"""Ready answers beside the reply form: filled with what is known of this matter, so that only what was done is typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext

from genmai.interfaces.web.handle_case import words
from genmai.interfaces.web.handle_case.page import Offer
from genmai.interfaces.web.handle_case.standing import Standing
from genmai.mechanisms.schema import Text
from genmai.processes.cases.models import Case
from genmai.processes.cases.queries.templates import templates
from genmai.processes.cases.wording import Facts, filled

ANSWERING = ("reply", "answer_at_once")


@dataclass(frozen=True)
class ReadyLine:
    """One to begin with; `of`: the organisation it comes from, empty for everybody's."""

    key: str
    title: str
    text: str
    of: str


def facts_of(case: Case, body: str, now: datetime) -> Facts:
    """What stands at the places of an answer, in the reader's language."""
    day = timezone.localtime(now)
    date = gettext("{year}年{month}月{day}日").format(year=day.year, month=day.month, day=day.day)
    return Facts(case.number, case.place_text or case.home.short_name, body, date, words.headline(case))


def said(text: str | Text) -> str:
    """An organisation's own words as they are, the mechanism's in the reader's language."""
    return words.say(text) if isinstance(text, Text) else text


def answers(standing: Standing, chosen: str, offers: Sequence[Offer]) -> list[ReadyLine]:
    """Those that fit this matter, where it may be answered now. The one `chosen` in the address is put into the form."""
    replying = [one for one in offers if one.action.verb in ANSWERING]
    if not replying:
        return []
    viewer = standing.actor.viewer
    facts = facts_of(standing.case, viewer.organisation_name, standing.now)
    found = [
        ReadyLine(one.key, said(one.title), filled(said(one.text), facts), one.of)
        for one in templates(viewer, category=standing.case.category)
    ]
    for line in found:
        if line.key == chosen:
            for offer in replying:
                offer.form.initial.setdefault("text", line.text)
    return found
