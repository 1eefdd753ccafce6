"""What every restructuring does with dated rows: end, begin, and, undone, take both back with what was known kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F, Q

from genmai.directory.roster.models import Change, ChangeKind, Cover, Link, Membership, Naming, Organisation, Post
from genmai.directory.roster.policies import check_manage
from genmai.directory.roster.queries.as_at import manageable
from genmai.directory.territory.days import day_of
from genmai.kernel.ids import derive
from genmai.kernel.refusal import BadInput, NotFound, NotPermitted
from genmai.kernel.text import clean
from genmai.kernel.viewer import Actor, ActorKind

DATED: tuple[Any, ...] = (Link, Naming, Membership, Cover)  # the tables whose rows a change begins and ends
_BATCH = 1000
_ONE_AT_A_TIME = 0x7EE5  # advisory lock: two restructurings at once would each see half of the other


class Work:
    """One change in the making: `end` and `begin` rows in its name, then `finish` with what it came to."""

    def __init__(
        self, *, actor: Actor, at: datetime, key: UUID, kind: ChangeKind, organisation: Organisation, on: date,
        document: str, tree: str = "", other: Organisation | None = None,
    ) -> None:  # fmt: skip
        self.at, self.on = at, on
        self.counts: dict[str, int] = {}
        self.change = Change(
            public_id=derive(at, key, "change"), key=key, kind=kind, organisation=organisation, other=other, tree=tree,
            said=organisation.name, on=on, document=_document(document), by_id=actor.person_id, recorded_at=at,
        )  # fmt: skip
        self.change.save()

    def end(self, model: Any, rows: Sequence[Any], **values: Any) -> None:
        """These rows hold until the day of the change."""
        for row in rows:
            row.valid_to, row.ended_by = max(self.on, row.valid_from), self.change
            for name, value in {"ended_recorded_at": self.at, **values}.items():
                setattr(row, name, value)
        fields = ["valid_to", "ended_by", "ended_recorded_at", *values]
        model.objects.bulk_update(rows, fields, batch_size=_BATCH)
        self._count(model, len(rows))

    def begin(self, model: Any, rows: Iterable[Any]) -> None:
        """These rows hold from then on."""
        made = list(rows)
        for row in made:
            row.begun_by, row.recorded_at = self.change, self.at
            row.document = row.document or self.change.document
        model.objects.bulk_create(made, batch_size=_BATCH)

    def since(self, ended: Any) -> date:
        """From when the successor of an ended row holds."""
        began: date = ended.valid_from
        return max(self.on, began)

    def finish(self) -> Change:
        self.change.touched = self.counts
        self.change.save(update_fields=["touched", "said"])
        return self.change

    def _count(self, model: Any, number: int) -> None:
        if number:
            word = f"{model.__name__.lower()}s"
            self.counts[word] = self.counts.get(word, 0) + number


def done_before(key: UUID) -> Change | None:
    """The change this key made already; and, from here on, no other restructuring beside this one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ONE_AT_A_TIME])
    return Change.objects.filter(key=key).first()


def check(actor: Actor, at: datetime, on: date, *bodies: Organisation) -> None:
    """May this person change these bodies, and does the day lie in their lives? Raises NotPermitted, BadInput."""
    if on > day_of(at):
        raise BadInput("not_yet", "生效日期不能晚于今天：到了那天再登记", field="on", allowed=f"{day_of(at)}")
    for body in bodies:
        check_may(actor, body)
        body.refresh_from_db()
        check_life(body, on)


def check_life(body: Organisation, on: date) -> None:
    """Raises BadInput for a body that is closed, or was not there yet on the day."""
    if body.closed_on is not None:
        raise BadInput("already_closed", "“{name}”已经撤销，不能再变动", field="organisation", name=body.name)
    if on < body.opened_on:
        raise BadInput(
            "before_opening", "生效日期早于“{name}”成立的日期", field="on", allowed=f"≥ {body.opened_on}",
            name=body.name,
        )  # fmt: skip


def check_may(actor: Actor, body: Organisation) -> None:
    """Raises NotPermitted unless the body stands where the actor keeps the directory."""
    if actor.kind is not ActorKind.STAFF:
        check_manage(actor)
    elif not manageable(actor.viewer, organisation=body):
        raise NotPermitted("not_permitted", "组织和人员由系统管理员维护，您的账号没有这个权限，请联系管理员")


def current_link(tree: str, body: Organisation) -> Link:
    """Its place in a tree today. Raises NotFound outside it."""
    found = Link.objects.filter(tree=tree, organisation=body, valid_to__isnull=True).first()
    if found is None:
        raise NotFound("这个单位不在这棵组织树里")
    return found


def below(tree: str, path: str, on: date) -> list[Link]:
    """Current links at and below a path, locked. Raises BadInput when this part of the tree changed after `on`."""
    rows = Link.objects.select_for_update().filter(tree=tree, path__startswith=path)
    later = rows.filter(Q(valid_to__gt=on) & Q(valid_to__gt=F("valid_from"))).order_by("-valid_to").first()
    if later is not None:
        raise BadInput(
            "later_change_known", "这一天之后这棵树已有别的变动，请改用更晚的日期", field="on",
            allowed=f"≥ {later.valid_to}",
        )  # fmt: skip
    return list(rows.filter(valid_to__isnull=True).order_by("path"))


def check_stands(link: Link, on: date) -> None:
    """Where something is to hang, it must stand on that day as it stands now. Raises BadInput."""
    if link.valid_from > on:
        raise BadInput(
            "later_change_known", "这一天之后这棵树已有别的变动，请改用更晚的日期", field="on",
            allowed=f"≥ {link.valid_from}",
        )  # fmt: skip


def rehang(work: Work, rows: Sequence[Link], tops: dict[int, Organisation], old: str, new: str) -> None:
    """End these links and begin them anew with `old` at the head of the path replaced; `tops` get a new parent."""
    before = [(row.organisation_id, row.parent_id, row.path, row.tree, row.valid_from) for row in rows]
    work.end(Link, rows)
    work.begin(
        Link,
        [
            Link(
                tree=tree,
                organisation_id=body,
                parent_id=tops[body].pk if body in tops else parent,
                path=new + path.removeprefix(old),
                valid_from=max(work.on, since),
            )
            for body, parent, path, tree, since in before
        ],
    )


def take_back(change: Change, at: datetime) -> None:
    """Everything the change began is withdrawn and everything it ended goes on, as new rows: what was known is kept."""
    for model in DATED:
        begun = list(model.objects.select_for_update().filter(begun_by=change, withdrawn_at__isnull=True))
        ended = model.objects.select_for_update().filter(ended_by=change, withdrawn_at__isnull=True)
        ended = list(ended.exclude(Q(begun_by=change) & Q(begun_by__isnull=False)))
        for row in [*begun, *ended]:
            row.known_to, row.valid_to, row.withdrawn_at = row.valid_to, row.valid_from, at
        model.objects.bulk_update([*begun, *ended], ["known_to", "valid_to", "withdrawn_at"], batch_size=_BATCH)
        model.objects.bulk_create([again(model, row, at) for row in ended], batch_size=_BATCH)
    Post.objects.filter(ended_by=change).update(valid_to=None, ended_by=None, ended_recorded_at=None)


_NOT_COPIED = {"id", "valid_to", "ended_recorded_at", "ended_by", "withdrawn_at", "known_to", "recorded_at"}


def again(model: Any, row: Any, at: datetime) -> Any:
    """The row as it was before it was ended, open again."""
    values = {f.attname: getattr(row, f.attname) for f in model._meta.concrete_fields if f.name not in _NOT_COPIED}
    if "departed" in values:
        values["departed"] = ""
    return model(**values, recorded_at=at)


def _document(text: str) -> str:
    found = clean(text, 120, field="document")
    if not found:
        raise BadInput("document_missing", "请写明依据的文件（文号或名称）", field="document")
    return found


atomic = transaction.atomic
