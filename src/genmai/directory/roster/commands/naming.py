"""A new name under the same code: dated, so that any past day shows the name it had."""

from __future__ import annotations

from datetime import date, datetime, time
from uuid import UUID

from django.db import transaction

from genmai.directory.roster import changing
from genmai.directory.roster.changing import Work
from genmai.directory.roster.models import Change, ChangeKind, Naming, Organisation
from genmai.directory.territory.days import SHANGHAI
from genmai.directory.territory.divisions import initials
from genmai.kernel.refusal import BadInput
from genmai.kernel.text import clean
from genmai.kernel.viewer import Actor


@transaction.atomic
def rename(
    *, actor: Actor, at: datetime, key: UUID, organisation: Organisation, name: str, on: date, document: str,
    short_name: str = "",
) -> Change:  # fmt: skip
    """From a day on an organisation has another name; figures and history go on. Raises BadInput for the same name."""
    if done := changing.done_before(key):
        return done
    changing.check(actor, at, on, organisation)
    name = clean(name, 120, field="name")
    short = clean(short_name or name, 40, field="short_name")
    if not name or (name, short) == (organisation.name, organisation.short_name):
        raise BadInput("same_name", "请填写新的名称", field="name")
    work = Work(
        actor=actor, at=at, key=key, kind=ChangeKind.RENAME, organisation=organisation, on=on, document=document
    )
    known = Naming.objects.select_for_update().filter(organisation=organisation, valid_to__isnull=True).first()
    if known is not None and known.valid_from > on:
        raise BadInput(
            "later_change_known", "这一天之后它已改过名，请改用更晚的日期", field="on", allowed=f"≥ {known.valid_from}"
        )
    if known is not None:
        work.end(Naming, [known])
    else:
        _first(work, organisation)
    work.begin(Naming, [Naming(organisation=organisation, name=name, short_name=short, valid_from=on)])
    work.counts = {"namings": 1}
    organisation.name, organisation.short_name, organisation.initials = name, short, initials(short)
    organisation.save(update_fields=["name", "short_name", "initials"])
    return work.finish()


def _first(work: Work, body: Organisation) -> None:
    """The name it had since it was opened becomes a row when it first has another."""
    since = datetime.combine(body.opened_on, time.min, SHANGHAI)
    Naming.objects.create(
        organisation=body, name=body.name, short_name=body.short_name, valid_from=body.opened_on, valid_to=work.on,
        recorded_at=min(since, work.at), ended_recorded_at=work.at, begun_by=work.change, ended_by=work.change,
    )  # fmt: skip
