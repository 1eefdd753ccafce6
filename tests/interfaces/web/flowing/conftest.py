"""The people of two towns at their browsers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from unittest.mock import patch

import pytest
from tests.interfaces.web.flowing.site import Site


@pytest.fixture
def site(db: None) -> Iterator[Site]:
    made = Site()

    def now() -> datetime:
        return made.t.at

    with patch("genmai.interfaces.web.edge.viewing.timezone.now", now):
        yield made
