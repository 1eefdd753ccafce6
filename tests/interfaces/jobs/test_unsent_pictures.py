"""Pictures of forms never sent go after three days; what a matter names, or is put in again, stays."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.factories.cases import MONDAY, new_world

from genmai.interfaces.jobs.daily import unsent_pictures
from genmai.kernel.store import Store
from genmai.processes.cases.models import Attachment

pytestmark = pytest.mark.django_db
LONG_AGO = MONDAY - timedelta(days=4)


@pytest.fixture
def store(tmp_path: Path, settings: Any) -> Store:
    settings.MEDIA_ROOT = tmp_path
    return Store(tmp_path)


def put(store: Store, data: bytes, *, aged: bool = True) -> str:
    digest = store.put(data)
    if aged:
        os.utime(store.path(digest), (LONG_AGO.timestamp(), LONG_AGO.timestamp()))
    else:
        os.utime(store.path(digest), (MONDAY.timestamp(), MONDAY.timestamp()))
    return digest


def named(digest: str) -> None:
    Attachment.objects.create(
        case=new_world(at=MONDAY).receive(), sha256=digest, media_type="image/jpeg", width=1, height=1, size=1,
        added_at=MONDAY, stage="before",
    )  # fmt: skip


def test_only_what_is_old_and_named_by_nothing_goes(store: Store) -> None:
    sent, unsent, fresh = put(store, b"sent"), put(store, b"unsent"), put(store, b"fresh", aged=False)
    named(sent)
    assert unsent_pictures.run(at=MONDAY) == "removed 1 pictures of forms that were never sent"
    assert store.path(sent).exists()
    assert store.path(fresh).exists()
    assert not store.path(unsent).exists()
    assert unsent_pictures.run(at=MONDAY) == ""
    assert not list(store.root.glob("*/*.unsent"))


def test_a_run_that_was_killed_halfway_is_mended(store: Store) -> None:
    digest = put(store, b"halfway")
    named(digest)
    store.path(digest).rename(store.path(digest).with_name(f"{digest}.unsent"))
    unsent_pictures.run(at=MONDAY)
    assert store.get(digest) == b"halfway"


def test_put_in_again_it_is_fresh(store: Store) -> None:
    digest = put(store, b"again")
    store.put(b"again")
    assert store.path(digest).stat().st_mtime > LONG_AGO.timestamp()


@pytest.mark.parametrize("what", ["named", "put_again"])
def test_sent_at_the_very_moment_it_stays(store: Store, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    """Between the first look and the second somebody sends the form."""
    digest, looked = put(store, b"racing"), []
    honest = unsent_pictures._named

    def racing(digests: Any) -> set[str]:
        if looked:
            if what == "named":
                named(digest)
            else:
                store.put(b"racing")
                named(digest)
        looked.append(digests)
        return honest(digests)

    monkeypatch.setattr(unsent_pictures, "_named", racing)
    assert unsent_pictures.run(at=MONDAY) == ""
    assert store.get(digest) == b"racing"
    assert not list(store.root.glob("*/*.unsent"))
