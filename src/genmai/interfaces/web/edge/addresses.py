"""Where a request comes from, and how often: against guessing and flooding, kept in memory and in no table.

Each process of the site counts for itself and forgets when it stops; a limit of n may therefore let through n times
the number of processes. That is enough for what it guards: codes of 58 bits, and a desk that reads what it gets.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import ip_address
from threading import Lock

from django.conf import settings
from django.http import HttpRequest

REMEMBERED = 20_000  # addresses; the one longest unheard of is forgotten first


def address_of(request: HttpRequest) -> str:
    """The caller's address: behind a proxy (GENMAI_HTTPS=1) what the proxy wrote last, else the connection's own."""
    if settings.SECURE_PROXY_SSL_HEADER:
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
        if forwarded:
            return str(forwarded)
    return str(request.META.get("REMOTE_ADDR") or "")


def is_own_network(address: str) -> bool:
    """This machine or a private network: an office, a proxy of unknown kind; many people may stand behind it."""
    try:
        return ip_address(address).is_private
    except ValueError:
        return True


@dataclass
class Pace:
    """How often something happened from one address within a window of time."""

    most: int
    within: timedelta
    _seen: OrderedDict[str, deque[datetime]] = field(default_factory=OrderedDict, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def free_at(self, address: str, now: datetime) -> datetime | None:
        """None while there is room; else when there will be again."""
        with self._lock:
            times = self._recent(address, now)
            return times[0] + self.within if len(times) >= self.most else None

    def count(self, address: str, now: datetime) -> None:
        """It happened once more."""
        with self._lock:
            self._recent(address, now).append(now)
            self._seen.move_to_end(address)
            while len(self._seen) > REMEMBERED:
                self._seen.popitem(last=False)

    def forget(self) -> None:
        """Begin anew."""
        with self._lock:
            self._seen.clear()

    def _recent(self, address: str, now: datetime) -> deque[datetime]:
        times = self._seen.setdefault(address, deque(maxlen=self.most))
        while times and times[0] <= now - self.within:
            times.popleft()
        return times
