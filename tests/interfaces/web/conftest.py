"""The Party tree the pages about members and bodies are tested on, with the clock at one moment."""

from __future__ import annotations

from collections.abc import Iterator
from unittest.mock import patch

import pytest
from tests.factories.branches import PartyTree, party_tree
from tests.interfaces.web.pages import CLOCK, NOW


@pytest.fixture
def tree() -> Iterator[PartyTree]:
    with patch(CLOCK, lambda: NOW):
        yield party_tree()
