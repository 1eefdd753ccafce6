from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from tests.factories.rounds import Rounds
from tests.interfaces.web.handle_case.desk_people import Clock, Desks, desks


@pytest.fixture
def d(db: None, settings: Any, tmp_path: Path) -> Iterator[Desks]:
    """People at their desks in a small district; time is the world's, files are this test's own."""
    settings.MEDIA_ROOT = tmp_path
    found = desks()
    with patch("genmai.interfaces.web.edge.viewing.timezone.now", Clock(found.world)):
        yield found


@pytest.fixture
def r(d: Desks) -> Rounds:
    return Rounds(d.world)
