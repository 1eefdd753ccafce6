from __future__ import annotations

from collections.abc import Iterator
from unittest.mock import patch

import pytest
from tests.interfaces.web.handle_case.desk_people import Clock, Desks, desks


@pytest.fixture
def d(db: None) -> Iterator[Desks]:
    """People at their desks; time is the world's."""
    found = desks()
    with patch("genmai.interfaces.web.edge.viewing.timezone.now", Clock(found.world)):
        yield found
