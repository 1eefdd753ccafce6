"""`linkage.toml`: from which likelihood on two records of the registry are shown to a person. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from genmai.directory.roster.linkage.parameters import of_version
from genmai.mechanisms.schema import Fault, House, Positive, Section, Share


class LinkageSection(Section):
    """`parameters`: version of the trained odds; `least`: least probability; `most_open`: pairs kept open at once."""

    parameters: str
    least: Share
    most_open: Positive

    def check(self, house: House) -> Iterator[Fault]:
        if self.least > 1:
            yield Fault("least", self.least, "a share of 1 at most")
        try:
            of_version(self.parameters)
        except KeyError:
            yield Fault("parameters", self.parameters, "a version of roster/linkage/parameters")
