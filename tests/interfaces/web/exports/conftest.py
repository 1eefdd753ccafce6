from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from django.test import override_settings
from tests.factories.flowing import two
from tests.interfaces.web.exports.registry_site import Site
from tests.interfaces.web.handle_case.desk_people import Clock, Desks, desks

from genmai.interfaces.web.exports.check import PACE


@pytest.fixture
def d(db: None, tmp_path: Path) -> Iterator[Desks]:
    """People at their desks in a small district; files of exports lie in a folder of the test's own."""
    found = desks()
    PACE.forget()
    with (
        patch("genmai.interfaces.web.edge.viewing.timezone.now", Clock(found.world)),
        override_settings(GENMAI_DATA=tmp_path),
    ):
        yield found


@pytest.fixture
def site(db: None, tmp_path: Path) -> Iterator[Site]:
    found = Site(two())
    PACE.forget()
    with (
        patch("genmai.interfaces.web.edge.viewing.timezone.now", lambda: found.t.at),
        override_settings(GENMAI_DATA=tmp_path),
    ):
        yield found
