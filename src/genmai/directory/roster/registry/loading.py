"""Writing slices by COPY on the import's own connection and transaction, while the next slice is being checked.

One thread writes in the order it was given, under one lock with whatever the reader asks the database meanwhile. A
table under row security can't be copied into: the same text is then taken apart by an INSERT.
"""

from __future__ import annotations

import queue
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from django.db import connection
from psycopg import sql

# Seconds after which the thread that checks gives way to the one that writes: at the usual 5 ms the server stood idle for
# a fifth of the time, since a slice is handed over in dozens of short pieces.
_TURN = 0.0002
_WAITING = 3  # slices that may wait: bounds memory

Text = str | bytes
Job = tuple[str, tuple[str, ...], Text | Callable[[], Text]]  # what is not ready yet is asked for when its turn comes
Answer = list[tuple[Any, ...]]


@dataclass
class _Question:
    """Put among the slices, answered by the writer when its turn comes."""

    query: str
    params: Sequence[Any]
    answered: threading.Event = field(default_factory=threading.Event)
    answer: Answer = field(default_factory=list)


class Loader:
    """Use as a context manager within `transaction.atomic`. Leaving it waits until all is written."""

    def __init__(self) -> None:
        connection.ensure_connection()
        self._raw: Any = connection.connection
        self._lock = threading.Lock()
        self._jobs: queue.Queue[Sequence[Job] | _Question | None] = queue.Queue(_WAITING)
        self._failed: BaseException | None = None
        self._thread = threading.Thread(target=self._write, name="registry-loader", daemon=True)
        self._walled: dict[str, sql.Composed | None] = {}
        self._endings: list[Callable[[], None]] = []

    def __enter__(self) -> Self:
        # Foreign keys are checked slice by slice: half a million waiting for the end would be held in memory.
        with connection.cursor() as cursor:  # Django's own, which tells the server first how far we reach
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        self._turn = sys.getswitchinterval()
        sys.setswitchinterval(_TURN)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self._failed = self._failed or error  # what waits is thrown away
        self._jobs.put(None)
        self._thread.join()
        sys.setswitchinterval(self._turn)
        for ending in self._endings:
            ending()
        if kind is None:
            self._check()

    def at_the_end(self, ending: Callable[[], None]) -> None:
        """Called when all is written or thrown away."""
        self._endings.append(ending)

    def put(self, jobs: Sequence[Job]) -> None:
        """Table, columns and COPY text of one slice, tables referred to first. Raises what an earlier slice raised."""
        self._check()
        self._jobs.put(jobs)

    def ask(self, query: str, params: Sequence[Any] = ()) -> Answer:
        """Rows of a query, between two slices."""
        with self._lock, self._raw.cursor() as cursor:
            cursor.execute(query, params or None)
            return cursor.fetchall() if cursor.description else []

    def ask_ahead(self, query: str, params: Sequence[Any] = ()) -> Callable[[], Answer]:
        """The same in its turn among the slices, so that nobody waits; what is given waits for the answer when called."""
        question = _Question(query, params)
        self._check()
        self._jobs.put(question)

        def answer() -> Answer:
            question.answered.wait()
            self._check()
            return question.answer

        return answer

    @contextmanager
    def between(self) -> Iterator[None]:
        """For statements of the ORM between two slices, on the same connection."""
        with self._lock:
            yield

    def _check(self) -> None:
        if self._failed is not None:
            raise self._failed

    def _write(self) -> None:
        while (jobs := self._jobs.get()) is not None:
            try:
                if self._failed is not None:
                    continue
                if isinstance(jobs, _Question):
                    jobs.answer = self.ask(jobs.query, jobs.params)
                    continue
                ready = [(table, columns, text() if callable(text) else text) for table, columns, text in jobs]
                with self._lock, self._raw.cursor() as cursor:
                    for table, columns, text in ready:
                        if text:
                            self._copy(cursor, table, columns, text)
            except BaseException as failed:  # handed to the reader, who raises it
                self._failed = failed
            finally:
                if isinstance(jobs, _Question):
                    jobs.answered.set()

    def _copy(self, cursor: Any, table: str, columns: tuple[str, ...], text: Text) -> None:
        if table not in self._walled:
            self._walled[table] = _split(cursor, table, columns) if _is_walled(cursor, table) else None
        if (insert := self._walled[table]) is not None:
            text = text.decode() if isinstance(text, bytes) else text
            cursor.execute(insert, [text.removesuffix("\n")])
            return
        names = sql.SQL(", ").join(map(sql.Identifier, columns))
        with cursor.copy(sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)) as copy:
            copy.write(text)


def _is_walled(cursor: Any, table: str) -> bool:
    return bool(cursor.execute("SELECT row_security_active(%s)", [table]).fetchone()[0])


def _split(cursor: Any, table: str, columns: tuple[str, ...]) -> sql.Composed:
    """An INSERT that takes the text of a COPY apart itself: the application may not make temporary tables."""
    rows = cursor.execute(
        "SELECT attname, format_type(atttypid, NULL) FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0",
        [table],
    ).fetchall()
    kinds = dict(rows)
    values = []
    for place, column in enumerate(columns, 1):
        value = sql.SQL("nullif(cell[{}], '\\N')").format(sql.Literal(place))
        if kinds[column] in ("bytea", "character varying", "text"):
            value = sql.SQL("replace({}, '\\\\', '\\')").format(value)
        values.append(sql.SQL("{}::{}").format(value, sql.SQL(kinds[column])))
    return sql.SQL(
        "INSERT INTO {} ({}) SELECT {} FROM string_to_table(%s, E'\\n') AS line, "
        "LATERAL (SELECT string_to_array(line, E'\\t') AS cell OFFSET 0) AS cut"
    ).format(sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns)), sql.SQL(", ").join(values))


def bytes_text(value: bytes | None) -> str:
    """A bytea as COPY text has it."""
    return "\\N" if value is None else "\\\\x" + value.hex()


def plain_text(value: object) -> str:
    """Anything else: None as \\N, and what COPY would read otherwise with a backslash before it."""
    if value is None:
        return "\\N"
    text = str(value)
    if "\\" in text or "\t" in text or "\n" in text or "\r" in text:
        text = text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
    return text
