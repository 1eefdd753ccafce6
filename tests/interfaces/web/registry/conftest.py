"""A Party tree at a fixed time, an officer of all of it, and a folder of their own for what is handed in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.test import Client
from tests.factories.party import PartyTree, party_tree
from tests.interfaces.web.registry.handing_in import NOW, browser


@pytest.fixture
def tree(settings: Any, tmp_path: Path) -> Iterator[PartyTree]:
    settings.GENMAI_DATA = tmp_path
    with patch("genmai.interfaces.web.edge.viewing.timezone.now", lambda: NOW):
        yield party_tree()


@pytest.fixture
def officer(tree: PartyTree) -> Client:
    return browser(tree, "party_organiser", "root")
