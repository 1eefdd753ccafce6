from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from django.test import override_settings
from tests.interfaces.web.handle_case.desk_people import Clock, Desks, desks

from genmai.reports.board import hot


@pytest.fixture
def d(db: None, tmp_path: Path) -> Iterator[Desks]:
    """People at their desks in a small district; time is the world's."""
    found = desks()
    hot.forget()
    with (
        patch("genmai.interfaces.web.edge.viewing.timezone.now", Clock(found.world)),
        override_settings(GENMAI_DATA=tmp_path),
    ):
        yield found
