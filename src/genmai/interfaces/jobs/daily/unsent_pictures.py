"""Pictures of forms that were never sent leave the store after some days.

A picture is kept when its form comes back with a fault (`web/report/photos.py`), under a token good for a day; nothing
points at it until the form is sent. What no table names and nobody has put in for three days goes.

Safe against a form that is sent at this very moment: putting the same picture again makes its file fresh, and a file
is first moved aside, looked at once more, and moved back if it is fresh or named by then.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from django.apps import apps
from django.conf import settings

from genmai.kernel.store import Store

KEPT = timedelta(days=3)
BATCH = 500
DIGEST = "sha256"  # the name of every column that points into the store


def run(*, at: datetime) -> str:
    """How many went, in words for the log."""
    store, gone = Store(settings.MEDIA_ROOT), 0
    for aside in store.root.glob("*/*.unsent"):  # a run was killed between moving aside and deciding
        _back(aside, aside.with_suffix(""))
    old = _old(store, at - KEPT)
    while batch := list(islice(old, BATCH)):
        named = _named(batch)
        gone += sum(_remove(store, digest, at - KEPT) for digest in batch if digest not in named)
    return f"removed {gone} pictures of forms that were never sent" if gone else ""


def _old(store: Store, before: datetime) -> Iterator[str]:
    """Digests of files that nobody has put in since."""
    for path in sorted(store.root.glob("[0-9a-f][0-9a-f]/*")):
        if len(path.name) == 64 and _is_old(path, before):
            yield path.name


def _is_old(path: Path, before: datetime) -> bool:
    try:
        return path.stat().st_mtime < before.timestamp()
    except FileNotFoundError:
        return False


def _named(digests: Collection[str]) -> set[str]:
    """Those that a row of any table names."""
    found: set[str] = set()
    for model in apps.get_models():
        if any(field.name == DIGEST for field in model._meta.concrete_fields):
            found.update(model._default_manager.filter(sha256__in=digests).values_list(DIGEST, flat=True))
    return found


def _remove(store: Store, digest: str, before: datetime) -> int:
    """Aside, once more a look, then away; or back."""
    path = store.path(digest)
    aside = path.with_name(f"{digest}.unsent")
    try:
        path.rename(aside)
    except FileNotFoundError:
        return 0
    if _is_old(aside, before) and not _named([digest]):
        aside.unlink()
        return 1
    _back(aside, path)
    return 0


def _back(aside: Path, path: Path) -> None:
    """Where it was, unless the same bytes were put in anew meanwhile."""
    if path.exists():
        aside.unlink()
    else:
        aside.rename(path)
