"""Work handed to the base is looked up in the list of admission of its place: what stands in no row is refused, with the basis."""

from __future__ import annotations

from genmai.processes.cases import mechanism as cases
from genmai.processes.cases.gates import Entering
from genmai.processes.registers.admission import Asked, check_topic


def check_entering(entering: Entering) -> None:
    """Raises Refused naming the list, its row and its basis; silent where no list binds that place and kind of body."""
    title = cases.taxonomy().lookup(entering.category).title if entering.category else ""
    check_topic(
        Asked(topic=entering.category, title=title, kind=entering.kind, place_code=entering.place_code, on=entering.on)
    )
