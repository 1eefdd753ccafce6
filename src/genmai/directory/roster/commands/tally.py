"""Keeping books of figures: which days are kept ready, counting one, and bringing all of them up to date.

A book's rows with all below are the sums of its rows of one body alone, at every moment. Changed bodies are noted before
they are counted, and only those noted are struck off: what changes meanwhile stays due, and is counted by the reader.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q

from genmai.directory.roster import mechanism
from genmai.directory.roster.models import Tally, TallyBook
from genmai.directory.roster.queries.membership_sql import Asked, everyone
from genmai.directory.roster.queries.paths import head_of, ids_of
from genmai.directory.roster.queries.tally_sql import Counts, counting, counts_of, layout, plus, sizes, text_of
from genmai.directory.territory.days import day_of
from genmai.kernel.viewer import Actor

Rows = Sequence[tuple[int, str, Counts]]  # body, its path, its own figures

_MANY = "SELECT count(*) >= %s FROM (SELECT FROM roster_membership WHERE valid_to IS NULL LIMIT %s) AS held"
_WRITE = """
INSERT INTO roster_tally (book_id, body_id, parent_id, path, own, counts)
SELECT %s, body, parent, path, %s, counts FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::text[])
    AS given(body, parent, path, counts)
"""


def ask_for_day(*, actor: Actor, at: datetime, key: UUID, day: date, known_at: datetime | None = None) -> None:
    """Have the figures of a day kept from now on, where a city's are. Asked again, it changes nothing."""
    if not TallyBook.objects.filter(day=day, known_at=known_at).exists() and _worth_it():
        TallyBook.objects.get_or_create(day=day, known_at=known_at, defaults={"layout": layout().mark, "asked_at": at})


def keep_books(*, actor: Actor, at: datetime, key: UUID, worth_from: int | None = None) -> tuple[int, int]:
    """Bring every book up to date and count what is to be counted: how many were counted, how many bodies corrected.

    One at a time; the worker's lock sees to it. `worth_from` for less than a city.
    """
    if not _worth_it(worth_from):
        with transaction.atomic():
            _strike_off(_due()[0])
            _forget(TallyBook.objects.all())
        return 0, 0
    with transaction.atomic():
        _choose(day_of(at))
        corrected = _correct(at)
    waiting = TallyBook.objects.filter(counted_at=None).order_by("id")
    first = sorted(waiting, key=lambda book: (book.day != day_of(at), book.asked_at is None))[: sizes().books_a_run]
    for book in first:
        with transaction.atomic():
            _count(book, at)
    return len(first), corrected


def check_books(*, actor: Actor, at: datetime, key: UUID) -> int:
    """Count every book again beside what it says: how many rows differed. A book that differs is counted anew."""
    differing = 0
    for book in TallyBook.objects.exclude(counted_at=None):
        with transaction.atomic():
            _correct(at)
            wrong = len(_differing(book))
            if wrong:
                TallyBook.objects.filter(pk=book.pk).update(counted_at=None)
            differing += wrong
    return differing


def _differing(book: TallyBook) -> set[str]:
    """Paths of rows that say otherwise than the memberships do; what is being changed meanwhile is passed over."""
    said = {(row.own, row.path): row.counts for row in Tally.objects.filter(book=book).iterator()}
    rows = _counted(book, None)
    now = {(True, path): text_of(counts) for _body, path, counts in rows if any(counts)}
    now |= {(False, path): text_of(counts) for path, counts in _summed(rows).items() if any(counts)}
    moving = _due()[1]
    wrong = {path for own, path in said.keys() | now.keys() if said.get((own, path)) != now.get((own, path))}
    return set() if moving else wrong


def _worth_it(worth_from: int | None = None) -> bool:
    least = sizes().worth_from if worth_from is None else worth_from
    with connection.cursor() as cursor:
        cursor.execute(_MANY, [least, least])
        return bool(cursor.fetchone()[0])


def _choose(today: date) -> None:
    """Today, tomorrow (so that midnight finds it), the last year's end, and the days asked for last."""
    mark = layout().mark
    _forget(TallyBook.objects.exclude(layout=mark))
    month, of_month = (int(part) for part in mechanism.statistics().year_end.split("-"))
    ended = today.replace(month=month, day=of_month)
    always = [today, today + timedelta(days=1), ended if ended <= today else ended.replace(year=today.year - 1)]
    asked = TallyBook.objects.exclude(asked_at=None).order_by("-asked_at").values_list("pk", flat=True)
    kept = Q(day__in=always, known_at=None) | Q(pk__in=list(asked[: sizes().kept_days]))
    _forget(TallyBook.objects.exclude(kept))
    for day in always:
        TallyBook.objects.get_or_create(day=day, known_at=None, defaults={"layout": mark})


def _correct(at: datetime) -> int:
    """The changed bodies in every counted book, or, of too many, all books counted anew."""
    ids, branches = _due()
    if not branches:
        return 0
    books = list(TallyBook.objects.exclude(counted_at=None))
    if len(branches) >= sizes().anew_from:
        TallyBook.objects.filter(pk__in=[book.pk for book in books]).update(counted_at=None)
    else:
        for book in books:
            _correct_one(book, branches)
    _strike_off(ids)
    return len(branches)


def _correct_one(book: TallyBook, branches: Sequence[int]) -> None:
    before = _own(book, branches)
    now = _counted(book, branches)
    changed: dict[str, Counts] = {}
    for rows, sign in ((before, -1), (now, 1)):
        for _body, path, counts in rows:
            _sum_up(changed, path, counts, sign)
    kept = Tally.objects.filter(book=book, own=False, body_id__in={head_of(path) for path in changed})
    held = {row.path: counts_of(row.counts) for row in kept if row.path in changed}
    sums = {path: plus(counts, held.get(path, (0,) * len(counts))) for path, counts in changed.items()}
    Tally.objects.filter(book=book, own=True, body_id__in=branches).delete()
    kept.filter(path__in=list(changed)).delete()
    _write(book, now, own=True)
    _write(book, [(head_of(path), path, counts) for path, counts in sums.items()], own=False)


def _count(book: TallyBook, at: datetime) -> None:
    """A book from nothing."""
    _drop_rows([book.pk])
    rows = _counted(book, None)
    _write(book, rows, own=True)
    _write(book, [(head_of(path), path, counts) for path, counts in _summed(rows).items()], own=False)
    TallyBook.objects.filter(pk=book.pk).update(counted_at=at)


def _summed(rows: Rows) -> dict[str, Counts]:
    """With all below, by path; rung by rung, so that a sum is taken once for each body and not for each branch."""
    sums: dict[str, Counts] = {}
    below: dict[str, Counts] = {}
    for _body, path, counts in rows:
        _add(below, path, counts)
    while below:
        above: dict[str, Counts] = {}
        deepest = max(path.count("/") for path in below)
        for path, counts in below.items():
            if path.count("/") < deepest:
                _add(above, path, counts)
                continue
            sums[path] = counts
            if (parent := path[: path.rstrip("/").rfind("/") + 1]) != "/":
                _add(above, parent, counts)
        below = above
    return sums


def _counted(book: TallyBook, branches: Sequence[int] | None) -> Rows:
    asked = Asked(book.day, book.day, known_at=book.known_at, stages=(), branches=branches)
    clause = counting(everyone(asked), asked)
    with connection.cursor() as cursor:
        cursor.execute(clause.sql, clause.values)
        return [(body, path, tuple(counts)) for body, path, *counts in cursor.fetchall()]


def _own(book: TallyBook, branches: Sequence[int]) -> Rows:
    rows = Tally.objects.filter(book=book, own=True, body_id__in=branches)
    return [(row.body_id, row.path, counts_of(row.counts)) for row in rows]


def _write(book: TallyBook, rows: Iterable[tuple[int, str, Counts]], *, own: bool) -> None:
    held = [(body, path, counts) for body, path, counts in rows if any(counts)]
    parents = [line[-2] if len(line := ids_of(path)) > 1 else None for _body, path, _counts in held]
    columns: list[list[Any]] = [
        [row[0] for row in held],
        parents,
        [row[1] for row in held],
        [text_of(row[2]) for row in held],
    ]
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, [book.pk, own, *columns])


def _due() -> tuple[list[int], list[int]]:
    """The notes and the bodies they name."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, branch_id FROM roster_tallydue")
        rows = cursor.fetchall()
    return [row[0] for row in rows], sorted({row[1] for row in rows})


def _strike_off(ids: Sequence[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM roster_tallydue WHERE id = ANY(%s)", [list(ids)])


def _forget(books: object) -> None:
    ids = list(books.values_list("pk", flat=True))  # type: ignore[attr-defined]
    if ids:
        _drop_rows(ids)
        TallyBook.objects.filter(pk__in=ids).delete()


def _drop_rows(ids: Sequence[int]) -> None:
    with connection.cursor() as cursor:  # Django would read every row first
        cursor.execute("DELETE FROM roster_tally WHERE book_id = ANY(%s)", [list(ids)])


def _sum_up(sums: dict[str, Counts], path: str, counts: Counts, sign: int) -> None:
    """Into the body itself and each one above it."""
    line = ids_of(path)
    for rungs in range(1, len(line) + 1):
        top = "/" + "".join(f"{one}/" for one in line[:rungs])
        sums[top] = plus(sums.get(top, (0,) * len(counts)), counts, sign)


def _add(sums: dict[str, Counts], path: str, counts: Counts) -> None:
    held: Mapping[str, Counts] = sums
    sums[path] = plus(held[path], counts) if path in held else counts
