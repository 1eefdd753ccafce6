"""What is filled in about meetings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from genmai.directory.roster.models import Organisation
from genmai.interfaces.web.estates.forms import Chosen, day, short
from genmai.interfaces.web.handle_case.fields import listed, said, several
from genmai.interfaces.web.handle_case.words import say
from genmai.interfaces.web.shell.plain_forms import PlainForm
from genmai.processes.decisions.commands.calling import Asked
from genmai.processes.decisions.commands.holding import NewDecision
from genmai.processes.decisions.definition import MeetingKind
from genmai.processes.decisions.models import AgendaItem, Mark, Meeting
from genmai.processes.decisions.queries.meetings import Present


def moment(label: Any) -> forms.DateTimeField:
    """A day and a time."""
    widget = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local", "class": "short"})
    return forms.DateTimeField(label=label, widget=widget, input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"])


class CallForm(Chosen):
    """Calling a meeting: one topic a line; matters may be named by their number."""

    title = short(_("会议名称"), 120)
    starts_at = moment(_("什么时候"))
    room = short(_("在哪里"), 80, required=False)
    topics = said(_("议题"), rows=4, most=2000, help_text=_("一行一个；写上事项编号（如 260302-15）就连到那件事"))
    bodies = several(_("请哪些单位"), required=False)

    def __init__(self, *args: Any, kind: MeetingKind, bodies: Sequence[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.choose("bodies", [(str(o.public_id), o.short_name) for o in bodies], empty=False)
        for key, title in kind.seats.items():
            self.fields[f"seat_{key}"] = short(say(title), 40, required=False, help_text=_("写名字就是请这一位"))

    @property
    def seats(self) -> list[Any]:
        """The fields of the named seats."""
        return [self[f"seat_{key}"] for key in self.kind.seats]

    @property
    def plain(self) -> list[Any]:
        """The other fields, in their order."""
        return [self[name] for name in ("title", "starts_at", "room", "topics", "bodies")]

    def lines(self) -> list[str]:
        """The topics, one a line."""
        return [line.strip() for line in self.cleaned_data["topics"].splitlines() if line.strip()]

    def asked(self) -> list[Asked]:
        """Bodies, then seats with a name."""
        found = [Asked(organisation=UUID(one)) for one in self.cleaned_data["bodies"]]
        for key in self.kind.seats:
            name = self.cleaned_data.get(f"seat_{key}", "")
            if name:
                found.append(Asked(seat=key, name=name))
        return found


class MoveForm(PlainForm):
    starts_at = moment(_("改到什么时候"))
    room = short(_("在哪里"), 80, required=False)


class CancelForm(PlainForm):
    why = short(_("为什么不开了"), 200)


class HoldForm(PlainForm):
    """Attendance: three choices a line, and the minutes."""

    minutes = said(_("会议记录"), required=False, rows=6, most=8000)

    def __init__(self, *args: Any, attendance: Sequence[Present], kind: MeetingKind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(mark.value, gettext(mark.label)) for mark in Mark]
        self.names: list[tuple[str, UUID]] = []
        for number, present in enumerate(attendance):
            name = f"mark_{number}"
            field = forms.ChoiceField(label=who(present, kind), choices=choices, widget=forms.RadioSelect)
            self.fields[name] = field
            self.names.append((name, present.invitee.public_id))
        self.order_fields([*(name for name, _id in self.names), "minutes"])

    @property
    def lines(self) -> list[Any]:
        """The fields of attendance."""
        return [self[name] for name, _id in self.names]

    def marks(self) -> dict[UUID, str]:
        return {identity: self.cleaned_data[name] for name, identity in self.names}


def who(present: Present, kind: MeetingKind) -> str:
    """A body by its name; a seat with who holds it."""
    invitee = present.invitee
    if invitee.organisation is not None:
        return invitee.organisation.short_name
    seat = kind.seats.get(invitee.seat)
    title = say(seat) if seat is not None else invitee.seat
    return f"{title} {invitee.name}".strip()


class DecisionForm(Chosen):
    """Who does what by when."""

    text = said(_("决定了什么"), rows=3, most=500)
    responsible = listed(_("谁负责"))
    helping = several(_("谁配合"), required=False)
    due_on = day(_("到哪天办好"))
    item = listed(_("是哪个议题的"), required=False)

    def __init__(self, *args: Any, bodies: Sequence[Organisation], items: Sequence[AgendaItem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(o.public_id), o.short_name) for o in bodies]
        self.choose("responsible", choices)
        self.choose("helping", choices, empty=False)
        self.choose("item", [("", gettext("不分议题")), *((str(i.public_id), i.title) for i in items)], empty=False)

    def decision(self) -> NewDecision:
        given = self.cleaned_data
        return NewDecision(
            text=given["text"],
            responsible=UUID(given["responsible"]),
            due_on=given["due_on"],
            helping=[UUID(one) for one in given["helping"]],
            item=UUID(given["item"]) if given["item"] else None,
        )


def moved(meeting: Meeting) -> dict[str, Any]:
    """What a form about a meeting's time begins with."""
    return {"starts_at": meeting.starts_at, "room": meeting.room}


__all__ = ["CallForm", "CancelForm", "DecisionForm", "HoldForm", "MoveForm", "moved", "who"]
