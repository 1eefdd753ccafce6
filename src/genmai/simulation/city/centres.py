"""Party service centres: one in every village and community, town and district; the rest in parks and office blocks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from genmai.simulation.city.figures import Figures
from genmai.simulation.city.ground import Ground
from genmai.simulation.city.organisations import ordinal, party_code

_KINDS = ("商务楼宇", "产业园区", "商圈", "专业市场")


@dataclass(frozen=True, slots=True)
class Centre:
    """One centre with the organisation that keeps it."""

    code: str
    name: str
    division: str
    keeper: str


def centres(figures: Figures, ground: Ground) -> Iterator[Centre]:
    """As many as the figures say: villages first, so that at a fraction rather a town or district has none."""
    areas = [*ground.villages, *ground.towns, *ground.districts][: figures.centres]
    left = figures.centres - len(areas)
    for area in areas:
        yield Centre(f"centre-{area.code}", f"{area.name}党群服务中心", area.code, party_code(area.code))
    for number in range(left):
        turn, at = divmod(number, len(ground.towns))
        town = ground.towns[at]
        name = f"{town.name}{_KINDS[number % len(_KINDS)]}{f'第{ordinal(turn + 1)}' if turn else ''}党群服务中心"
        yield Centre(f"centre-{town.code}-{turn + 1:02d}", name, town.code, party_code(town.code))
