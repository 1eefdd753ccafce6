"""A small district and its town's desk, at a fixed time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.test import Client
from tests.factories.accounts import account
from tests.factories.organisations import SmallDistrict, small_district
from tests.interfaces.web.import_sheet.handing_in import NOW


@pytest.fixture(autouse=True)
def own_store(settings: Any, tmp_path: Path) -> None:
    """Files of this test only: other runs on this machine keep theirs."""
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def district() -> Iterator[SmallDistrict]:
    with patch("genmai.interfaces.web.edge.viewing.timezone.now", lambda: NOW):
        yield small_district()


@pytest.fixture
def desk(district: SmallDistrict, client: Client) -> Client:
    client.force_login(account("beizhen", "town_desk", district.north))
    return client
