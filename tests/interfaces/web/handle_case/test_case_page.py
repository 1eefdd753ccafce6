"""The case page in every state, for everybody."""

from __future__ import annotations

import pytest
from tests.factories.cases import WAYS
from tests.interfaces.web.handle_case.desk_people import Desks, text

pytestmark = pytest.mark.django_db
STATES = sorted(WAYS)


@pytest.mark.parametrize("state", STATES)
def test_every_state_is_drawn_for_everybody_in_scope(d: Desks, state: str) -> None:
    case = d.world.at_state(state)
    for who in (d.world.grid, d.world.village, d.world.town, d.world.office):
        for page in ("", "why"):
            answer = d.as_(who).get(f"/cases/{case.public_id}/{page}")
            if who is d.world.grid and answer.status_code == 404:
                continue
            assert answer.status_code == 200, (who.name, page)
            assert len(answer.content) < 150_000
            assert text(answer).count("button primary") <= 1
