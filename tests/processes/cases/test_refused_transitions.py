"""Every state times every verb the table doesn't allow there: refused in plain words, and nothing is written."""

from __future__ import annotations

import pytest
from tests.factories.cases import VERBS, WAYS, new_world, written

from genmai.kernel.refusal import Refused
from genmai.processes.cases.flow import FLOW, STATES

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("state", STATES)
def test_what_the_table_does_not_allow_is_refused_and_writes_nothing(state: str) -> None:
    world = new_world()
    case = world.at_state(state)
    other = world.receive(text="另一盏路灯")
    for verb in [verb for verb in VERBS if not FLOW.allows(state, verb)]:
        if (state, verb) == ("merged", "judge"):
            continue  # a caller of a merged case judges the case it was merged into
        before = written()
        over = {"merge": {"into": other.public_id}, "attach": {"to": other.public_id}}.get(verb, {})
        with pytest.raises(Refused) as refused:
            world.do(verb, case, **over)
        assert refused.value.code == "wrong_state", verb
        assert STATES[state] in str(refused.value)
        assert written() == before, verb


@pytest.mark.parametrize("state", STATES)
def test_every_state_is_reached_by_the_commands_alone(state: str) -> None:
    assert set(WAYS) == set(STATES)
    assert new_world().at_state(state).state == state
