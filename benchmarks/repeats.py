"""Repeats: how many are found and how many of those found are right, and how long it takes at many cases.

(a) Planted paraphrases (`paraphrases.py` says how they are made): each report is compared with all earlier ones of the
same town, as the form does; right is what tells of the same event. (b) Pairs of real messages, labelled by hand: from all
pairs of the 2,108 messages of `messages/unlabelled_with_votes.xlsx` whose cosine of weighted pairs of signs is at least
0.06, so many were drawn from each band of that cosine (seed 3; `pairs_in_band` tells how many a band holds), both
messages read, title and beginning, and judged: 1 the same matter (one piece of work or one answer would settle both: the
same trouble or question about the same thing at the same place), 0 not, ? undecided (left out). In the repository are row
numbers of the sheet and the judgement only, never a text. Real messages carry no place, so text and time decide alone.
Each pair counts for as many as its band holds of them; raw counts stand beside. One reader judged, knowing the bands.
(c) Speed in a district multiplied as for `pages`.
"""

from __future__ import annotations

import csv
import json
import os
import random
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg

from benchmarks.installation import ROOT, Up, environment
from benchmarks.many_cases import multiply
from benchmarks.paraphrases import Told, told
from genmai.interfaces import installed
from genmai.interfaces.cli.database import DATABASE, OWNER
from genmai.interfaces.cli.postgres import Cluster
from genmai.processes.cases.definition import CasesSection
from genmai.processes.cases.definition_likeness import Likeness
from genmai.processes.cases.likeness.grams import RARE, Commonness, Reader
from genmai.processes.cases.likeness.scoring import Score, Seen, alike, score
from genmai.processes.cases.likeness.spots import spots_of

PAIRS = ROOT / "benchmarks" / "repeats_pairs.csv"
SHARED = Path(os.environ.get("GENMAI_SHARED_DATA", ROOT.parent / "shared" / "data"))
SHEET = SHARED / "messages" / "unlabelled_with_votes.xlsx"
SEEDS = (1, 2, 3, 4, 5)
LOGINS = {"whole district": "quzhongxin", "one town": "zhenjie", "one village": "cunshuji"}
CASES = 200_000
QUESTIONS = 120
SHOWN = 3


@dataclass(frozen=True, slots=True)
class Found:
    """Offers that are right, offers in all, repeats there are; weighted where pairs stand for more than themselves."""

    name: str
    right: float
    offered: float
    repeats: float
    counts: str

    @property
    def precision(self) -> float:
        return self.right / self.offered if self.offered else 0.0

    @property
    def recall(self) -> float:
        return self.right / self.repeats if self.repeats else 0.0


@dataclass(frozen=True, slots=True)
class Speed:
    """Milliseconds of one question in the server's process, database included."""

    question: str
    viewer: str
    p50: float
    p95: float
    queries: int


@dataclass(frozen=True, slots=True)
class Result:
    rules: Likeness
    found: list[Found]
    cases: int
    speed: list[Speed]


def rules() -> Likeness:
    """As the general loop has them."""
    return installed.library().get("default/case-loop").section(CasesSection).likeness


def common(texts: Sequence[str], reader: Reader) -> Commonness:
    """Counted over these texts, as the daily job does."""
    counted: dict[str, int] = {}
    for text in texts:
        for gram in reader.counts(text):
            counted[gram] = counted.get(gram, 0) + 1
    return Commonness(len(texts), {gram: n for gram, n in counted.items() if n >= RARE * len(texts)})


# -- (a) planted -------------------------------------------------------------------------------------------------------


def planted(given: Likeness, *, seeds: Sequence[int] = SEEDS, same_words: bool = True) -> list[Found]:
    """Every report against all earlier ones of its town; and what a person is shown of it, the first three."""
    right = offered = repeats = reports = alike_wrong = again = hits = asked = 0
    for seed in seeds:
        seen = _seen(told(seed=seed), given, same_words)
        reports += len(seen)
        for at, (one, mine) in enumerate(seen):
            earlier = [(other, theirs) for other, theirs in seen[:at] if one.line[0] == other.line[0]]
            scored = [(score(mine, theirs, given), other) for other, theirs in earlier]
            offers = sorted(((s.total, o) for s, o in scored if alike(s, given)), key=lambda pair: -pair[0])
            repeats += sum(other.event == one.event for other, _ in earlier)
            offered += len(offers)
            right += sum(other.event == one.event for _, other in offers)
            alike_wrong += sum(other.event != one.event and other.trouble == one.trouble for _, other in offers)
            told_before = any(other.event == one.event for other, _ in earlier)
            again += told_before
            asked += bool(offers)
            hits += told_before and any(other.event == one.event for _, other in offers[:SHOWN])
    name = "planted paraphrases" + ("" if same_words else ", without the list of words that mean the same")
    told_of = f"{reports} reports of {len(seeds)} seeds, {repeats} pairs of repeats, {offered} offered"
    wrong = (
        f"; of the {offered - right} wrong ones {alike_wrong} tell of the same kind of trouble elsewhere in the village"
    )
    shown = f"{again} reports of something told before; {asked} of {reports} reports are shown anything"
    return [Found(f"{name}, every pair", right, offered, repeats, told_of + wrong),
            Found(f"{name}, the right one among the first {SHOWN}", hits, asked, again, shown)]  # fmt: skip


def _seen(reports: Sequence[Told], given: Likeness, same_words: bool) -> list[tuple[Told, Seen]]:
    groups = given.same_words if same_words else ()
    plain = Reader(stop=given.stop, same_words=groups)
    reader = Reader(stop=given.stop, same_words=groups, common=common([one.text for one in reports], plain))
    return [
        (
            one,
            Seen(
                reader.read(one.text),
                one.line,
                reader.read(one.spot),
                one.at,
                subject_of(one.text),
                spots_of(f"{one.text}|{one.spot}", given.landmarks),
            ),
        )
        for one in reports
    ]


def subject_of(text: str) -> str:
    """By the taxonomy's own words, as for a matter nobody has classified yet."""
    found = installed.library().get("default/case-loop").taxonomy.find(text).category
    return found.code if found else ""


# -- (b) real, labelled by hand ----------------------------------------------------------------------------------------


def labelled(given: Likeness) -> Found | None:
    """The labelled pairs; None where the messages are not here."""
    if not SHEET.exists():
        return None
    seen = _messages(given)
    rows = [row for row in csv.DictReader(PAIRS.open(encoding="utf-8")) if row["same"] != "?"]
    in_band: dict[str, int] = {}
    for row in rows:
        in_band[row["band"]] = in_band.get(row["band"], 0) + 1
    sums = {"right": 0.0, "offered": 0.0, "repeats": 0.0}
    raw = {"right": 0, "offered": 0, "repeats": 0}
    for row in rows:
        weight, same = int(row["pairs_in_band"]) / in_band[row["band"]], row["same"] == "1"
        is_offered = alike(score(seen[int(row["row_a"])], seen[int(row["row_b"])], given), given)
        for name, counts in (("right", same and is_offered), ("offered", is_offered), ("repeats", same)):
            sums[name] += weight * counts
            raw[name] += counts
    counts = f"{len(rows)} pairs: {raw['repeats']} the same, {raw['offered']} offered, {raw['right']} of them right"
    return Found("real pairs labelled by hand", sums["right"], sums["offered"], sums["repeats"], counts)


def _messages(given: Likeness) -> dict[int, Seen]:
    """By row number of the sheet."""
    from python_calamine import CalamineWorkbook

    sheet = CalamineWorkbook.from_path(SHEET).get_sheet_by_name("Sheet1").to_python()[1:]
    texts = [(str(row[2]).strip(), re.sub(r"\s+", " ", str(row[4])).strip(), _moment(str(row[3]))) for row in sheet]
    plain = Reader(stop=given.stop, same_words=given.same_words)
    words = common([f"{title} {text}" for title, text, _ in texts], plain)
    reader = Reader(stop=given.stop, same_words=given.same_words, common=words)
    nothing = reader.read("")
    return {
        row: Seen(
            reader.read(text, title),
            (),
            nothing,
            at,
            subject_of(f"{title} {text}"),
            spots_of(f"{title}|{text}", given.landmarks),
        )
        for row, (title, text, at) in enumerate(texts, 2)
    }


def _moment(written: str) -> datetime:
    year, month, day = (int(part) for part in re.split(r"[-/]", written.split()[0]))
    return datetime(year, month, day, tzinfo=ZoneInfo("Asia/Shanghai"))


# -- (c) speed ---------------------------------------------------------------------------------------------------------


def speed(up: Up, *, cases: int = CASES) -> tuple[int, list[Speed]]:
    """The district multiplied, then asked by a process of its own."""
    with psycopg.connect(Cluster(up.data).url(OWNER, DATABASE), autocommit=True) as connection:
        multiply(connection, cases)
    env = {**environment(), "GENMAI_DATA": str(up.data), "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")])}
    command = [sys.executable, "-m", "benchmarks.repeats"]
    answer = subprocess.run(command, env=env, capture_output=True, text=True, check=True, cwd=ROOT)
    found: dict[str, Any] = json.loads(answer.stdout.splitlines()[-1])
    return found["cases"], [Speed(**row) for row in found["speed"]]


def measure() -> None:
    """All questions for three viewers, as JSON on stdout. Texts asked about are those of the district's own cases."""
    from genmai.interfaces.cli.installation import Installation

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "genmai.config.settings")
    with Installation.from_environment().opened():
        from django.db.models import Max

        from genmai.directory.access.models import Account
        from genmai.directory.access.queries import viewer_for
        from genmai.kernel.viewer import NOBODY
        from genmai.kernel.walled import act_for_the_house
        from genmai.processes.cases.models import Case
        from genmai.processes.cases.queries import hot_spots, similar, similar_public
        from genmai.processes.cases.queries.lists import visible

        act_for_the_house("benchmark: repeats asked for each viewer, whose own filter holds")
        at = Case.objects.aggregate(at=Max("received_at"))["at"]
        rows: list[dict[str, Any]] = []
        for name, login in LOGINS.items():
            viewer = viewer_for(Account.objects.get(login=login), at=at)
            cases = _drawn(
                list(visible(viewer).exclude(place=None).order_by("-id").values_list("pk", flat=True)[:20_000])
            )
            asked = {case.pk: similar.Typed(case.text, case.place_id, case.place_text) for case in cases}
            questions: dict[str, Callable[[Any], Any]] = {
                "while typing, staff": lambda c, v=viewer, t=asked: similar.while_typing(v, typed=t[c.pk], at=at),
                "while typing, a resident": lambda c, t=asked: similar_public.for_residents(
                    NOBODY, typed=t[c.pk], at=at
                ),
                "like this case": lambda c, v=viewer: similar.of_case(v, case=c, at=at),
                "hot spots of the week": lambda c, v=viewer: hot_spots.of(v, at=at),
                "hot spots of the hour": lambda c, v=viewer: hot_spots.of(v, at=at, hours=1),
            }
            rows += [_timed(question, name, ask, cases) for question, ask in questions.items()]
        print(json.dumps({"cases": Case.objects.count(), "speed": rows}))  # noqa: T201


def _drawn(pks: list[int]) -> list[Any]:
    from genmai.processes.cases.models import Case

    chosen = random.Random(11).sample(pks, min(QUESTIONS, len(pks)))  # noqa: S311
    return list(Case.objects.filter(pk__in=chosen).select_related("place", "home__place"))


def _timed(question: str, viewer: str, ask: Callable[[Any], Any], cases: list[Any]) -> dict[str, Any]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    for case in cases[:10]:
        ask(case)
    times = []
    for case in cases:
        started = time.perf_counter()
        ask(case)
        times.append((time.perf_counter() - started) * 1000)
    with CaptureQueriesContext(connection) as captured:
        ask(cases[0])
    cuts = statistics.quantiles(times, n=20)
    return {"question": question, "viewer": viewer, "p50": cuts[9], "p95": cuts[18], "queries": len(captured)}


def run(up: Up | None) -> Result:
    """Everything; speed only where a district is up."""
    given = rules()
    found = [*planted(given), *planted(given, same_words=False)]
    real = labelled(given)
    cases, times = speed(up) if up is not None else (0, [])
    return Result(given, found + ([real] if real is not None else []), cases, times)


__all__ = ["Found", "Result", "Score", "Speed", "run"]

if __name__ == "__main__":
    measure()
