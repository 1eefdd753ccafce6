from __future__ import annotations

from collections.abc import Iterator
from unittest.mock import patch

import pytest
from tests.interfaces.web.estates.people import Browsers, browsers
from tests.interfaces.web.handle_case.desk_people import Clock


@pytest.fixture
def b(db: None) -> Iterator[Browsers]:
    """People with browsers; time is the world's."""
    found = browsers()
    with patch("genmai.interfaces.web.edge.viewing.timezone.now", Clock(found.world)):
        yield found
