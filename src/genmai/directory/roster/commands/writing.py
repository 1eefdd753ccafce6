"""What every write to the membership shares: who may, where the person stands (locked), how a row ends, what is recorded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import TypeVar
from uuid import UUID

from django.db import models

from genmai.directory.roster import facts
from genmai.directory.roster.facts import Fact
from genmai.directory.roster.models import Membership, Organisation, Tree
from genmai.directory.roster.queries.keeping import kept_path
from genmai.directory.roster.trees import path_in
from genmai.directory.territory.days import day_of
from genmai.kernel.identity_numbers import normalise_phone
from genmai.kernel.refusal import BadInput, NotFound, NotPermitted
from genmai.kernel.text import clean
from genmai.kernel.viewer import Actor, ActorKind, Reach

Row = TypeVar("Row", bound=models.Model)


@dataclass(frozen=True)
class Writing:
    """One command at work."""

    actor: Actor
    at: datetime
    key: UUID

    @property
    def today(self) -> date:
        return day_of(self.at)

    @cached_property
    def done(self) -> UUID | None:
        """What it was about, if this very command was carried out before."""
        return facts.done(actor=self.actor, key=self.key)

    def made(self, rows: type[Row]) -> Row | None:
        """The row this very command made, if it was carried out before."""
        return next(iter(self.all_made(rows)), None)

    def all_made(self, rows: type[Row]) -> list[Row]:
        """The rows this very command made, if it was carried out before."""
        found: models.QuerySet[Row] = rows._default_manager.filter(key=self.key)
        return list(found)

    def path(self, organisation_id: int) -> str:
        """Where a body stands in the Party tree today; "" outside it."""
        return path_in(Tree.PARTY, organisation_id, self.today)

    def allowed(self, organisation_id: int, permission: str = "members:keep") -> str:
        """The body's path, if the actor may there. Raises NotFound, NotPermitted."""
        path = self.path(organisation_id)
        _check_members(self.actor, path, permission)
        return path

    def allowed_body(self, organisation: Organisation) -> str:
        """The Party path under which the actor keeps a body's posts and terms. Raises NotFound."""
        if self.actor.kind is ActorKind.SYSTEM:
            return self.path(organisation.pk)
        staff = self.actor.kind is ActorKind.STAFF
        path = kept_path(self.actor.viewer, organisation=organisation, at=self.at) if staff else None
        if path is None:
            raise NotFound("没有找到，或者不在您能登记的范围内")
        return path

    def membership(self, person_id: int) -> Membership:
        """Where the person stands, locked: two at once wait for one another. Raises NotFound."""
        rows = Membership.objects.select_for_update(of=("self",)).select_related("person", "branch")
        row = rows.filter(person_id=person_id, valid_to=None).first()
        if row is None:
            raise NotFound("没有找到这名党员，或者不在您能看的范围内")
        return row

    def check_other(self, person_id: int) -> None:
        """Nobody records their own stage, status, honour or discipline. Raises NotPermitted."""
        if self.actor.person_id == person_id:
            raise NotPermitted("own_matter", "和自己有关的事，要由别人来登记")

    def end(self, row: Membership, on: date, departed: str) -> None:
        """The row holds until `on`; since when that is known stands beside it."""
        row.valid_to, row.ended_recorded_at, row.departed = on, self.at, departed
        row.save(update_fields=["valid_to", "ended_recorded_at", "departed"])

    def take(self, *stated: Fact) -> None:
        """Have what was done recorded."""
        facts.take(actor=self.actor, at=self.at, key=self.key, facts=stated)


def _check_members(actor: Actor, path: str, permission: str = "members:keep") -> None:
    """Jobs and installation may; staff where a grant in the Party tree reaches `path`. Raises NotFound, NotPermitted.

    Who may not even see the branch is told nothing of it.
    """
    if actor.kind is ActorKind.SYSTEM:
        return
    viewer, staff = actor.viewer, actor.kind is ActorKind.STAFF and bool(path)
    if staff and viewer.may(permission, path, Reach.CAPTURE, tree=Tree.PARTY):
        return
    if staff and viewer.may("members:view", path, Reach.VIEW, tree=Tree.PARTY):
        raise NotPermitted("not_permitted", "这里的党员您可以看，登记和办理要由所在党组织来做")
    raise NotFound("没有找到这名党员，或者不在您能看的范围内")


def named_document(text: str) -> str:
    """The document a decision rests on. Raises BadInput where none is named."""
    document = clean(text, 120, field="document")
    if not document:
        raise BadInput("document_missing", "请写明依据的文件或会议", field="document")
    return document


def reason_given(text: str) -> str:
    """Why an entry is put right or taken back. Raises BadInput where none is given."""
    reason = clean(text, 120, field="reason")
    if not reason:
        raise BadInput("reason_missing", "请写明为什么，以后查得到", field="reason")
    return reason


def telephone(text: str) -> str:
    """A number in the one form it is sealed and matched in, however it was typed; nothing stays nothing. Raises BadInput."""
    number = normalise_phone(text)
    if number is None and text.strip():
        raise BadInput("bad_phone", "这个号码打不通：手机是 11 位数字，座机请带区号", field="phone")
    return number or ""
