"""People who report without pause, and repeat what was not acknowledged."""

from __future__ import annotations

import http.client
import time
from dataclasses import dataclass, field
from threading import Event, Thread
from uuid import UUID, uuid4

from benchmarks.visitor import NotAcknowledged, Visitor

PATIENCE = 120.0  # seconds to get one matter in
NOT_YET = (OSError, http.client.HTTPException, NotAcknowledged)


@dataclass
class Reporter:
    """One of them. `sent`: the words of every matter begun; `acknowledged`: of those the site said it has."""

    name: str
    port: int
    town: str
    village: str
    sent: list[str] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)
    repeated: int = 0
    gave_up: str = ""
    short: str = ""  # code of a place in emergency, if there is one

    def work(self, stop: Event) -> None:
        visitor = Visitor(self.port, timeout=15)
        while not stop.is_set() and not self.gave_up:
            words = f"路灯坏了（{self.name} 第 {len(self.sent)} 件）"
            self.sent.append(words)
            self._hand_in(visitor, words, uuid4())

    def _hand_in(self, visitor: Visitor, words: str, key: UUID) -> None:
        """The same post with the same key until it is acknowledged."""
        until = time.monotonic() + PATIENCE
        while True:
            try:
                if self.short and len(self.sent) % 3 == 0:  # one in three by the short form
                    visitor.report_now(words, self.short, "北一村口", str(key))
                else:
                    visitor.report(words, self.town, self.village, str(key))
            except NOT_YET as fault:
                self.repeated += 1
                if time.monotonic() > until:
                    self.gave_up = f"{words}: {fault!r}"
                    return
                time.sleep(0.1)
                continue
            self.acknowledged.append(words)
            return


class Crowd:
    """Several reporters at once, until told to stop; each then finishes what it has begun."""

    def __init__(self, reporters: list[Reporter]) -> None:
        self.reporters, self._stop = reporters, Event()
        self._threads = [Thread(target=one.work, args=(self._stop,), daemon=True) for one in reporters]

    def __enter__(self) -> Crowd:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(PATIENCE + 30)

    @property
    def acknowledged(self) -> list[str]:
        return [words for one in self.reporters for words in one.acknowledged]

    @property
    def sent(self) -> list[str]:
        return [words for one in self.reporters for words in one.sent]

    def wait_for_one_more(self, limit: float = PATIENCE) -> None:
        """Until somebody's matter was acknowledged after now."""
        before, until = len(self.acknowledged), time.monotonic() + limit
        while len(self.acknowledged) <= before:
            if time.monotonic() > until or any(one.gave_up for one in self.reporters):
                raise AssertionError(f"nothing got in any more: {[one.gave_up for one in self.reporters]}")
            time.sleep(0.05)
