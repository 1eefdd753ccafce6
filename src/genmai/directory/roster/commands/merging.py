"""Two records of one person become one, and two again. Every foreign key to a person moves, whoever made the table.

What moves is not a list somebody keeps: it is read from the models at work (`movable`). Rows of tables that only grow
stay as they were written, and the few columns of `STAYS` belong to the record, not to the person.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import UUID

from django.apps import apps
from django.db import IntegrityError, connection, models, transaction

from genmai.directory.roster.models import Membership, Person, PersonKind
from genmai.directory.roster.models.linkage import Judgement, Merge, MovedRow, Pair, Unmerge, Verdict
from genmai.directory.roster.policies import check_judge
from genmai.kernel import ids
from genmai.kernel.refusal import BadInput, Changed, NotFound, Refused, check_seen
from genmai.kernel.text import clean
from genmai.kernel.viewer import Actor
from genmai.kernel.walled import house

WHY = "what hangs on a person moves whole, wherever it stands"
MISTAKEN = "duplicate"  # how a membership ended that was recorded twice
STAYS: Mapping[tuple[str, str], str] = {
    ("roster.PersonKey", "person"): "the key opens what was sealed under this record",
    ("roster.Profile", "person"): "the particulars of the record as it was kept; those of the record that stays stand",
    ("roster.Pair", "first"): "what was compared", ("roster.Pair", "second"): "what was compared",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """One foreign key to a person, in a table that may change."""

    model: str
    table: str
    column: str
    key: str
    single: bool  # a person has one at most


def people_columns() -> Iterator[tuple[type[models.Model], models.Field]]:  # type: ignore[type-arg]
    """Every foreign key to a person there is, of every room."""
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.local_concrete_fields:
            if field.is_relation and field.related_model is Person:
                yield model, field


@cache
def movable(database: str) -> tuple[Column, ...]:
    """The columns that a merge moves: all but those of STAYS and of tables that only grow (as the database has it)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " JOIN pg_proc p ON p.oid = t.tgfoid WHERE p.proname = 'genmai_append_only'"
        )
        closed = {row[0] for row in cursor.fetchall()}
    return tuple(
        Column(
            model._meta.label, model._meta.db_table, str(field.column), str(model._meta.pk.column), bool(field.unique)
        )
        for model, field in people_columns()
        if model._meta.db_table not in closed and (model._meta.label, field.name) not in STAYS
    )


@house(WHY)
def say_different(
    *, actor: Actor, at: datetime, key: UUID, pair: UUID, reason: str = "", seen: int | None = None
) -> Pair:
    """These are two people, for good: the pair is never offered again. Raises NotFound, NotPermitted, Changed."""
    with transaction.atomic():
        found = _lock(actor, pair)
        if Judgement.objects.filter(key=key).exists():
            return found
        _check_open(found, seen)
        _judge(actor, at, key, found, Verdict.DIFFERENT, reason)
        return found


@house(WHY)
def merge(
    *, actor: Actor, at: datetime, key: UUID, pair: UUID, keep: UUID, reason: str = "", seen: int | None = None
) -> Merge:
    """These are one person: everything of the other record moves to `keep`, row by remembered row.

    Raises NotFound, NotPermitted, Changed, BadInput for a record that is not of the pair, Refused('two_accounts').
    """
    with transaction.atomic():
        known = Merge.objects.filter(key=key).first()
        if known is not None:
            return known
        found = _lock(actor, pair)
        _check_open(found, seen)
        kept, gone = _both(found, keep)
        made = Merge.objects.create(
            public_id=ids.derive(at, key, "merge"), key=key, pair=found, kept=kept, gone=gone,
            closed=_close_current(kept, gone, at), at=at, by_id=actor.person_id,
            organisation_id=actor.organisation_id, reason=clean(reason, 200, field="reason"),
        )  # fmt: skip
        moved = [row for column in movable(_database()) for row in _move(column, gone.pk, kept.pk)]
        MovedRow.objects.bulk_create(MovedRow(merge=made, table=t, column=c, row_key=k) for t, c, k in moved)
        Person.objects.filter(pk=gone.pk).update(merged_into=kept)
        _judge(actor, at, key, found, Verdict.SAME, reason)
        return made


@house(WHY)
def unmerge(*, actor: Actor, at: datetime, key: UUID, merge: UUID, reason: str = "") -> Unmerge:
    """Two records again: what was moved goes back, what has come since stays where it came to.

    Raises NotFound, NotPermitted, Changed where the record that stayed was itself merged on: that is undone first.
    """
    with transaction.atomic():
        known = Unmerge.objects.filter(key=key).first()
        if known is not None:
            return known
        made = Merge.objects.select_related("pair", "kept", "gone", "closed").filter(public_id=merge).first()
        if made is None or made.pair is None:
            raise NotFound()
        pair = _lock(actor, made.pair.public_id)
        gone, kept = _locked([made.gone_id, made.kept_id])
        if gone.merged_into_id != kept.pk or Unmerge.objects.filter(merge=made).exists():
            raise Changed("not_merged_now", "这两条已经不是合在一起的了，请看最新情况")
        if kept.merged_into_id is not None:
            raise Changed("merged_on", "留下的这一条后来又并进了别的记录，请先撤销后一次")
        Person.objects.filter(pk=gone.pk).update(merged_into=None)
        for (table, column), keys in _rows_of(made).items():
            _move_back(table, column, keys, kept.pk, gone.pk)
        if made.closed is not None:
            Membership.objects.filter(pk=made.closed.pk, departed=MISTAKEN).update(
                valid_to=None, ended_recorded_at=None, departed=""
            )
        undone = Unmerge.objects.create(
            merge=made, key=key, at=at, by_id=actor.person_id, organisation_id=actor.organisation_id,
            reason=clean(reason, 200, field="reason"),
        )  # fmt: skip
        _judge(actor, at, key, pair, Verdict.OPEN, reason)
        return undone


# parts


def _database() -> str:
    return str(connection.settings_dict["NAME"])


def _lock(actor: Actor, public_id: UUID) -> Pair:
    pair = Pair.objects.select_for_update().filter(public_id=public_id).first()
    if pair is None:
        raise NotFound()
    check_judge(actor, pair.first_reach, pair.second_reach)
    return pair


def _check_open(pair: Pair, seen: int | None) -> None:
    if pair.verdict != Verdict.OPEN:
        raise Changed("judged", "这一对已经有人看过、定下了，请看最新情况")
    check_seen(seen, pair.version)


def _judge(actor: Actor, at: datetime, key: UUID, pair: Pair, verdict: Verdict, reason: str) -> None:
    Judgement.objects.create(
        pair=pair, key=key, verdict=verdict, at=at, by_id=actor.person_id, organisation_id=actor.organisation_id,
        reason=clean(reason, 200, field="reason"),
    )  # fmt: skip
    pair.verdict, pair.version = verdict, pair.version + 1
    pair.save(update_fields=["verdict", "version"])


def _locked(keys: Sequence[int]) -> list[Person]:
    """In the order asked for; locked in the order of their keys, so that two at once never wait for each other."""
    found = {person.pk: person for person in Person.objects.select_for_update().filter(pk__in=keys).order_by("pk")}
    return [found[key] for key in keys]


def _both(pair: Pair, keep: UUID) -> tuple[Person, Person]:
    first, second = _locked([pair.first_id, pair.second_id])
    if keep not in (first.public_id, second.public_id):
        raise BadInput("not_of_the_pair", "请选留下哪一条", field="keep")
    if PersonKind.RESIDENT in (first.kind, second.kind):
        raise Refused("resident", "居民的记录不合并")
    if first.merged_into_id or second.merged_into_id:
        raise Changed("merged_already", "其中一条已经并进了别的记录，请看最新情况")
    _check_single(first, second)
    return (first, second) if first.public_id == keep else (second, first)


def _check_single(first: Person, second: Person) -> None:
    """What a person has once at most and both have (an account) is for its keeper to bring together, not done on the side."""
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        for column in movable(_database()):
            if column.single:
                table, name = quote(column.table), quote(column.column)
                cursor.execute(f"SELECT count(*) FROM {table} WHERE {name} IN (%s, %s)", [first.pk, second.pk])  # noqa: S608
                if cursor.fetchone()[0] > 1:
                    raise Refused("two_accounts", "两条记录各有一个登录账号，请先由系统管理员停用一个，再来合并")


def _close_current(kept: Person, gone: Person, at: datetime) -> Membership | None:
    """One person is in one branch: where both have a current place, that of the record that goes was a mistake."""
    current = Membership.objects.filter(valid_to__isnull=True)
    mine = current.filter(person=gone).select_for_update().first()
    if mine is None or not current.filter(person=kept).exists():
        return None
    mine.valid_to, mine.ended_recorded_at, mine.departed = mine.valid_from, at, MISTAKEN
    mine.save(update_fields=["valid_to", "ended_recorded_at", "departed"])
    return mine


def _move(column: Column, gone: int, kept: int) -> list[tuple[str, str, int]]:
    """Point the rows of one column at the record that stays; a row that may stand only once stays where it is."""
    quote = connection.ops.quote_name
    table, name, key = quote(column.table), quote(column.column), quote(column.key)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {key} FROM {table} WHERE {name} = %s ORDER BY {key}", [gone])  # noqa: S608
        keys = [row[0] for row in cursor.fetchall()]
        moved = []
        for one in keys:
            try:
                with transaction.atomic():
                    cursor.execute(f"UPDATE {table} SET {name} = %s WHERE {key} = %s", [kept, one])  # noqa: S608
            except IntegrityError:
                continue
            moved.append((column.table, column.column, one))
    return moved


def _rows_of(made: Merge) -> dict[tuple[str, str], list[int]]:
    found: dict[tuple[str, str], list[int]] = {}
    for row in MovedRow.objects.filter(merge=made).order_by("id"):
        found.setdefault((row.table, row.column), []).append(row.row_key)
    return found


def _move_back(table: str, column: str, keys: list[int], kept: int, gone: int) -> None:
    known = next((one for one in movable(_database()) if (one.table, one.column) == (table, column)), None)
    if known is None:
        return  # the table is no longer there
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {quote(table)} SET {quote(column)} = %s"  # noqa: S608
            f" WHERE {quote(known.key)} = ANY(%s) AND {quote(column)} = %s",
            [gone, keys, kept],
        )
