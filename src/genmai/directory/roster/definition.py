"""What of the registry is data: dues rates, transfer and reminder periods, the buckets of the statistics.

`dues.toml`, `members.toml` and `statistics.toml` of a mechanism. All periods and rates are dated or versioned data with
their document; no place in the code knows a number of them.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import Field

from genmai.mechanisms.schema import Code, Count, Fault, Frozen, House, Positive, Section, Text, out_of_order

_CENT = Decimal("0.01")
UNKNOWN = "unknown"  # the particular is not recorded: always shown, never left out
Money = Annotated[Decimal, Field(ge=0)]


class Band(Frozen):
    """A rate for a whole base up to and including `up_to`; none: without an upper end."""

    up_to: Money | None = None
    percent: Annotated[Decimal, Field(gt=0, le=100)]


class Rate(Frozen):
    """What a class of payers pays from a day on: by bands of the base, or a sum within bounds the branch sets."""

    valid_from: date
    valid_to: date | None = None
    bands: tuple[Band, ...] = ()
    least: Money | None = None
    most: Money | None = None

    def holds(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)

    def of(self, base: Decimal) -> Decimal:
        """Dues of one month, to the cent: the rate of the band in which the base lies, of the whole base."""
        if not self.bands:
            return max(self.least or Decimal(0), min(base, self.most if self.most is not None else base))
        band = next(one for one in self.bands if one.up_to is None or base <= one.up_to)
        return (base * band.percent / 100).quantize(_CENT, ROUND_HALF_UP)


class Payer(Frozen):
    """A class of payers; `base` says what the base is, in words for who enters it."""

    title: Text
    base: Text
    order: Positive
    rates: Annotated[tuple[Rate, ...], Field(min_length=1)]


class DuesSection(Section):
    """`dues.toml`. The income a rate is applied to is never kept, only the sum that comes of it."""

    payers: Annotated[Mapping[Code, Payer], Field(min_length=1)]

    def amount(self, payer: str, base: Decimal, *, on: date) -> Decimal:
        """What one month comes to. Raises KeyError for an unknown class or a day without a rate."""
        rate = next((one for one in self.payers[payer].rates if one.holds(on)), None)
        if rate is None:
            raise KeyError(f"rate of {payer} on {on}")
        return rate.of(base)

    def answer(self, given: Mapping[str, Any]) -> str:
        """An example's question: payer, base, on."""
        return str(self.amount(given["payer"], Decimal(str(given["base"])), on=given["on"]).quantize(_CENT))

    def check(self, house: House) -> Iterator[Fault]:
        yield from out_of_order("payers", self.payers)
        for key, payer in self.payers.items():
            for number, rate in enumerate(payer.rates):
                yield from _rate_faults(f"payers.{key}.rates.{number}", rate)


def _rate_faults(place: str, rate: Rate) -> Iterator[Fault]:
    if bool(rate.bands) == (rate.most is not None):
        yield Fault(place, "bands, most", "either bands of the base or bounds of a sum")
    ends = [band.up_to for band in rate.bands]
    if ends and (ends[-1] is not None or None in ends[:-1] or ends[:-1] != sorted(set(ends[:-1]))):  # type: ignore[type-var]
        yield Fault(f"{place}.bands", [str(end) for end in ends], "rising 'up_to', the last band without one")


class Timer(Frozen):
    """After so many months of `source` a named body is asked to look. It proposes and does nothing else."""

    title: Text
    source: Literal["dues_due", "suspended", "probation", "lost", "disciplined", "discipline_over"]
    months: Count
    body: Literal["branch", "above"]
    basis: str = ""


class Discipline(Frozen):
    """One kind of discipline within the Party; for `months` it has effect, 0: without end. None: as the decision says."""

    title: Text
    order: Positive
    months: Count | None = None
    source: str = ""


class Probation(Frozen):
    """How many months a member admitted since a day is on probation, at least; 0: none then."""

    since: date
    months: Count
    source: str


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


class MembersSection(Section):
    """`members.toml`: transfers, kinds of change, levels of honours, probation, disciplines, reminders."""

    transfer_days: Positive
    transfer_reasons: Annotated[Mapping[Code, Text], Field(min_length=1)]
    arrivals: Annotated[Mapping[Code, Text], Field(min_length=1)]
    departures: Annotated[Mapping[Code, Text], Field(min_length=1)]
    levels: Annotated[Mapping[Code, Text], Field(min_length=1)]
    age_least: Positive
    letter_days: Positive = 90
    letter_reaches: tuple[Code, ...] = ()  # kinds of arrival and departure by a letter of introduction
    timers: Mapping[Code, Timer] = Field(default_factory=dict)
    disciplines: Mapping[Code, Discipline] = Field(default_factory=dict)
    probations: tuple[Probation, ...] = ()  # each until the next begins; before the first nothing is asked

    def probation_of(self, joined_on: date) -> Probation | None:
        """The rule for who was admitted on a day."""
        return next((one for one in reversed(self.probations) if one.since <= joined_on), None)

    def answer(self, given: Mapping[str, Any]) -> str:
        """An example's question: joined; gives the first day on which somebody admitted then can be full."""
        rule = self.probation_of(given["joined"])
        return str(months_after(given["joined"], rule.months if rule else 0))

    def check(self, house: House) -> Iterator[Fault]:
        yield from out_of_order("disciplines", self.disciplines)
        days = [one.since for one in self.probations]
        if days != sorted(set(days)):
            yield Fault("probations", [str(day) for day in days], "each beginning after the last")
        for reach in self.letter_reaches:
            if reach not in self.arrivals or reach not in self.departures:
                yield Fault("letter_reaches", reach, "a key of both arrivals and departures")


class Bucket(Frozen):
    """One column of a table: whole years of age, days of joining (both ends in), or codes of a code set."""

    title: Text
    least: Count | None = None
    most: Count | None = None
    first: date | None = None
    last: date | None = None
    codes: tuple[str, ...] = ()
    rest: Annotated[bool, Field(strict=True)] = False  # whoever is known and stands in no other bucket


class Table(Frozen):
    """One table of the year-end kind: by which particular, in which buckets."""

    title: Text
    order: Positive
    by: Literal["age", "education", "occupation", "joined", "sex", "ethnicity"]
    buckets: Annotated[Mapping[Code, Bucket], Field(min_length=1)]

    def bucket_of(self, value: Any) -> str:
        """The bucket of an age (whole years), a day, or a code; `unknown` for nothing."""
        if value in (None, ""):
            return UNKNOWN
        held = (key for key, bucket in self.buckets.items() if self._holds(bucket, value))
        rest = (key for key, bucket in self.buckets.items() if bucket.rest)
        return next(held, None) or next(rest, UNKNOWN)

    def _holds(self, bucket: Bucket, value: Any) -> bool:
        if self.by == "age":
            return (bucket.least is None or bucket.least <= value) and (bucket.most is None or value <= bucket.most)
        if self.by == "joined":
            return (bucket.first is None or bucket.first <= value) and (bucket.last is None or value <= bucket.last)
        return str(value) in bucket.codes

    def check(self, place: str) -> Iterator[Fault]:
        """Buckets of ages and days follow one another without gap or overlap; a code stands in one bucket."""
        if self.by in ("age", "joined"):
            yield from _unbroken(place, self.by, list(self.buckets.values()))
        codes = [code for bucket in self.buckets.values() for code in bucket.codes]
        if len(codes) != len(set(codes)):
            yield Fault(f"{place}.buckets", codes, "each code in one bucket")
        if self.by not in ("age", "joined") and any(not b.codes and not b.rest for b in self.buckets.values()):
            yield Fault(f"{place}.buckets", self.by, "'codes' or 'rest = true' in each bucket")


def _unbroken(place: str, by: str, buckets: list[Bucket]) -> Iterator[Fault]:
    spans = [(b.least, b.most) if by == "age" else (b.first, b.last) for b in buckets]
    numbers = [tuple(d.toordinal() if isinstance(d, date) else d for d in span) for span in spans]
    joined = all(before[1] is not None and after[0] == before[1] + 1 for before, after in pairwise(numbers))
    if not joined or numbers[0][0] is not None or numbers[-1][1] is not None:
        yield Fault(f"{place}.buckets", [str(s) for s in spans], "open below and above, each beginning after the last")


class TurnOfTerm(Frozen):
    """What is counted before and after a change of term (换届)."""

    secretary_posts: Annotated[tuple[Code, ...], Field(min_length=1)]
    head_posts: Annotated[tuple[Code, ...], Field(min_length=1)]
    team_posts: Annotated[tuple[Code, ...], Field(min_length=1)]
    college_codes: Annotated[tuple[str, ...], Field(min_length=1)]


class StatisticsSection(Section):
    """`statistics.toml`: year-end tables and the turn of a term. Below `small` a share is not printed alone."""

    small: Positive
    year_end: Annotated[str, Field(pattern=r"^[01]\d-[0-3]\d$")]
    tables: Annotated[Mapping[Code, Table], Field(min_length=1)]
    turn: TurnOfTerm

    def check(self, house: House) -> Iterator[Fault]:
        yield from out_of_order("tables", self.tables)
        for key, table in self.tables.items():
            yield from table.check(f"tables.{key}")

    def answer(self, given: Mapping[str, Any]) -> str:
        """An example's question: table, and an age, a day or a code; gives the key of the bucket."""
        return self.tables[given["table"]].bucket_of(given["value"])
