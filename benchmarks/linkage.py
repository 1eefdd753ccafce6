"""Whole-city linkage: a residents' list against all members, on planted truth; seconds, memory, precision, recall.

What is planted and at which rates the list errs stands in `planted_people.py`; the odds were trained on people of another
seed (`python -m benchmarks.linkage train` makes the file anew). Every run is a process of its own, so that its peak of
memory is its own. Twice: with the identity number on six rows of ten, and with none on any row (names, dates and phones
alone). And duplicates within one registry, where no two records carry the same number.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MEMBERS, RESIDENTS = 561_000, 80_000
SEED, TRAINED_SEED = 7, 11
AT = (0.5, 0.9, 0.99)
VERSION = "people-1"


@dataclass(frozen=True, slots=True)
class At:
    """At one threshold: pairs offered, of these right, and how many there are to find."""

    probability: float
    offered: int
    right: int
    there: int

    @property
    def precision(self) -> float:
        return self.right / self.offered if self.offered else 0.0

    @property
    def recall(self) -> float:
        return self.right / self.there if self.there else 0.0


@dataclass(frozen=True, slots=True)
class Linked:
    """One run: what was compared, how long and in how much memory, and how good it is."""

    name: str
    members: int
    residents: int
    compared: int
    seconds: float
    megabytes: int
    at: tuple[At, ...]


def run(*, members: int = MEMBERS, residents: int = RESIDENTS) -> list[Linked]:
    """All runs, one after the other."""
    kinds = ("numbers", "bare", "within")
    return [_in_own_process(kind, members, residents) for kind in kinds]


def _in_own_process(kind: str, members: int, residents: int) -> Linked:
    command = [sys.executable, "-m", "benchmarks.linkage", kind, str(members), str(residents)]
    environment = {"PYTHONPATH": f"{ROOT}:{ROOT / 'src'}", "PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    plain = json.loads(done.stdout.strip().splitlines()[-1])
    return Linked(**{**plain, "at": tuple(At(**one) for one in plain["at"])})


def measure(kind: str, members: int, residents: int) -> Linked:
    """One run in this process."""
    from benchmarks.planted_people import duplicated, planted
    from genmai.directory.roster.linkage import engine
    from genmai.directory.roster.linkage.parameters import of_version

    truth: set[tuple[str, str]]
    if kind == "within":
        name, residents = "duplicates within the registry", 0
        rows, truth = duplicated(people=members, twice=0.003, seed=SEED)
        left, right = [_own_numbers(row) for row in rows], None
    else:
        name = (
            "residents' list, identity number on six rows of ten"
            if kind == "numbers"
            else "the same, no identity number"
        )
        slips = {} if kind == "numbers" else {"no identity number on the list": 1.0}
        made = planted(members=members, residents=residents, seed=SEED, slips=slips)
        left, right, truth = made.residents, made.members, set(made.truth.items())
    begun = time.perf_counter()
    with engine.memory() as connection:
        compared = sum(engine.counted(connection, left, right).values())
        begun = time.perf_counter()
        found = list(engine.pairs(left, right, parameters=of_version(VERSION), least=min(AT), connection=connection))
        seconds = time.perf_counter() - begun
    told = []
    for probability in AT:
        offered = {_in_order(pair.left, pair.right, truth) for pair in found if pair.probability >= probability}
        told.append(At(probability, len(offered), len(offered & truth), len(truth)))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return Linked(name, members, residents, compared, round(seconds, 1), peak, tuple(told))


def _own_numbers(row):  # type: ignore[no-untyped-def]
    """A registry holds no number twice: the second record of a person has another identity number or none."""
    return replace(row, identity_index=None, phone_index=row.phone_index) if row.id.startswith("q") else row


def _in_order(left: str, right: str, truth: set[tuple[str, str]]) -> tuple[str, str]:
    return (left, right) if (left, right) in truth or (right, left) not in truth else (right, left)


def told(found: list[Linked], note: str) -> str:
    """The section of the document."""
    from benchmarks.planted_people import SLIPS
    from benchmarks.table import rows

    head = [
        "linkage",
        "pairs held side by side",
        "seconds",
        "peak MB",
        "threshold",
        "precision",
        "recall",
        "right / offered / there",
    ]
    lines = [
        [
            one.name, f"{one.compared:,}", one.seconds, one.megabytes, at.probability, f"{at.precision:.4f}",
            f"{at.recall:.4f}", f"{at.right:,} / {at.offered:,} / {at.there:,}",
        ]
        for one in found for at in one.at
    ]  # fmt: skip
    slips = ", ".join(f"{name} {share:.1%}" for name, share in SLIPS.items())
    said = (
        f"`./genmai bench linkage`: {found[0].residents:,} residents × {found[0].members:,} members on DuckDB in memory, each "
        "run a process of its own (seconds: blocking, comparing, reading the pairs back; the people and their blind indexes were "
        "made before). The truth is planted: Chinese names by their frequencies, cohorts of one name and birth year and of one "
        f"name and birth date, 3 % minority names; a resident who is a member differs by: {slips}. These rates are our assumption, "
        "not a measurement of any registry; the odds were trained on people of another seed. Candidates are offered from 0.9 on. "
        f"{note}"
    )
    return f"## Linkage\n\n{rows(head, lines)}\n\n{said}"


def train() -> str:
    """Train the odds on people of another seed and keep them. Returns the file's text.

    The prior of use is stated, not learnt from planted people: so many of 80,000 residents are members as `planted_people`
    says, and three of a thousand members stand twice.
    """
    from benchmarks.planted_people import MEMBERS_AMONG, duplicated
    from genmai.directory.roster.linkage import engine
    from genmai.directory.roster.linkage.parameters import FOLDER

    rows, _truth = duplicated(people=60_000, twice=0.1, seed=TRAINED_SEED)
    learnt = engine.train(
        rows, version=VERSION, trained_on="60,000 planted people, one of ten twice (benchmarks/planted_people.py)",
        seed=TRAINED_SEED, most_pairs=4e6,
    )  # fmt: skip
    prior = {"link": MEMBERS_AMONG / MEMBERS, "dedupe": 2 * 0.003 / MEMBERS}
    text = replace(learnt, prior=prior).text()
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{VERSION}.json").write_text(text, encoding="utf-8")
    return text


def main(arguments: list[str]) -> int:
    from django.conf import settings

    settings.configure(USE_I18N=False)
    if arguments == ["train"]:
        print(train())  # noqa: T201
        return 0
    kind, members, residents = arguments[0], int(arguments[1]), int(arguments[2])
    print(json.dumps(asdict(measure(kind, members, residents))))  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
