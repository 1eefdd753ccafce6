"""The whole city once for all tests: ten seconds."""

from __future__ import annotations

import pytest

from genmai.simulation.city import figures
from genmai.simulation.city.members import Member
from genmai.simulation.city.sheets import City


@pytest.fixture(scope="session")
def city() -> City:
    return City(figures.read(), 20260101)


@pytest.fixture(scope="session")
def members(city: City) -> list[Member]:
    return list(city.members())
