"""Splink on DuckDB, in memory alone: blocking, training with a fixed seed, and the pairs above a threshold.

`temp_directory` is empty, so DuckDB refuses what doesn't fit instead of writing it to a disk; access to files is off
and can't be switched on again. Splink and DuckDB are imported when first used: half a second no page should wait for.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from genmai.directory.roster.linkage.comparing import BLOCKS, COMPARISONS, Comparison
from genmai.directory.roster.linkage.parameters import Odds, Parameters
from genmai.directory.roster.linkage.records import COLUMNS, Record, columns_of

LINK, DEDUPE = "link", "dedupe"
LARGEST_BLOCK = 20_000_000  # pairs of one rule: past it the rule would find nothing a person could look through
_SMALLEST = 1e-9  # no level is impossible


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records that may be one person. `parts`: comparison, level found, weight in bits, in order of comparison."""

    left: str
    right: str
    weight: float
    probability: float
    parts: tuple[tuple[str, str, float], ...]


@contextmanager
def memory(*, limit: str = "6GB", threads: int = 2) -> Iterator[Any]:
    """A DuckDB that lives in this process and writes to no disk."""
    import duckdb

    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": limit,
        "threads": threads,
        "preserve_insertion_order": False,
    }
    connection = duckdb.connect(":memory:", config=settings)
    try:
        connection.execute("SET temp_directory = ''")
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        yield connection
    finally:
        connection.close()


def pairs(
    left: Iterable[Record], right: Iterable[Record] | None, *, parameters: Parameters, least: float,
    connection: Any, blocks: Sequence[str] = tuple(BLOCKS),
) -> Iterator[Pair]:  # fmt: skip
    """Pairs of at least this probability: of `left` with `right`, or within `left` where `right` is None.

    Best first. A blocking rule that would give more than LARGEST_BLOCK pairs is left out (`counted` says which).
    """
    kind = DEDUPE if right is None else LINK
    tables = _load(connection, left, right)
    used = [name for name in blocks if _pairs_of(connection, tables, name) <= LARGEST_BLOCK]
    linker = _linker(connection, tables, kind, _settings(kind, parameters, used))
    found = linker.inference.predict(threshold_match_probability=least)
    columns = ["unique_id_l", "unique_id_r", "match_weight", "match_probability"]
    for comparison in COMPARISONS:
        columns += [f"gamma_{comparison.key}", f"mw_{comparison.key}"]
        columns += [f"mw_tf_adj_{comparison.key}"] if comparison.frequency else []
    query = f"SELECT {', '.join(columns)} FROM {found.physical_name} ORDER BY match_weight DESC, 1, 2"  # noqa: S608
    answer = connection.execute(query)
    while rows := answer.fetchmany(10_000):
        for row in rows:
            yield _pair(row)


def counted(connection: Any, left: Iterable[Record], right: Iterable[Record] | None) -> dict[str, int]:
    """How many pairs each blocking rule would compare."""
    tables = _load(connection, left, right)
    return {name: _pairs_of(connection, tables, name) for name in BLOCKS}


def train(
    records: Sequence[Record], *, version: str, trained_on: str, seed: int, most_pairs: float, limit: str = "6GB"
) -> Parameters:
    """Estimate all odds within one set of records that holds duplicates (two sources laid together).

    u: from random pairs by the seed (numbers: from `rare`, since a sample meets none). m: expectation maximisation over
    pairs that agree on the identity number, then over pairs that agree on name and birth date. One thread, one order.
    """
    with memory(limit=limit, threads=1) as connection:
        tables = _load(connection, records, None)
        linker = _linker(connection, tables, DEDUPE, _settings(DEDUPE, None, list(BLOCKS)))
        linker.training.estimate_probability_two_random_records_match([BLOCKS["identity"]], recall=0.7)
        linker.training.estimate_u_using_random_sampling(max_pairs=most_pairs, seed=seed)
        for rule in (BLOCKS["identity"], "l.name = r.name AND l.born = r.born"):
            linker.training.estimate_parameters_using_expectation_maximisation(rule, max_pairs=most_pairs)
        learnt = linker.misc.save_model_to_json()
    odds = {comparison.key: _odds(comparison, learnt) for comparison in COMPARISONS}
    prior = float(learnt["probability_two_random_records_match"])
    return Parameters(version, {DEDUPE: prior, LINK: prior}, odds, trained_on, seed)


def _odds(comparison: Comparison, learnt: dict[str, Any]) -> dict[str, Odds]:
    saved = next(one for one in learnt["comparisons"] if one["output_column_name"] == comparison.key)
    levels = [one for one in saved["comparison_levels"] if not one.get("is_null_level")]
    found = {}
    for level, one in zip(comparison.levels, levels, strict=True):
        m, u = one.get("m_probability"), one.get("u_probability")
        found[level.key] = Odds(_bounded(m, level.first), _bounded(u, 1e-6))
    return found


def _bounded(value: float | None, otherwise: float) -> float:
    known = otherwise if value is None or math.isnan(value) else value
    return round(min(max(known, _SMALLEST), 1.0), 12)


def _load(connection: Any, left: Iterable[Record], right: Iterable[Record] | None) -> list[str]:
    """Put the records into tables of the memory; gives the tables' names."""
    import pyarrow  # type: ignore[import-untyped]

    names = []
    for name, records in (("left_records", left), ("right_records", right)):
        if records is None:
            continue
        types = {"pointed": pyarrow.bool_()}
        schema = pyarrow.schema([(column, types.get(column, pyarrow.string())) for column in COLUMNS])
        frame = pyarrow.table(dict(columns_of(records)), schema=schema)
        connection.register("arriving", frame)
        connection.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM arriving")  # noqa: S608
        connection.unregister("arriving")
        names.append(name)
    return names


def _pairs_of(connection: Any, tables: list[str], name: str) -> int:
    """Pairs of a rule, by counting each side's values: no pair is made for it."""
    keys = [part.partition(" = ")[0].strip().replace("l.", "") for part in BLOCKS[name].split(" AND ")]
    grouped = [
        f"(SELECT {', '.join(f'{key} AS k{at}' for at, key in enumerate(keys))}, count(*) AS n FROM {table}"  # noqa: S608
        f" WHERE {' AND '.join(f'{key} IS NOT NULL' for key in keys)} GROUP BY ALL)"
        for table in tables
    ]
    if len(grouped) == 1:
        query = f"SELECT sum(n * (n - 1) / 2) FROM {grouped[0]}"  # noqa: S608
    else:
        on = ", ".join(f"k{at}" for at in range(len(keys)))
        query = f"SELECT sum(a.n * b.n) FROM {grouped[0]} a JOIN {grouped[1]} b USING ({on})"  # noqa: S608
    return int(connection.execute(query).fetchone()[0] or 0)


def _linker(connection: Any, tables: list[str], kind: str, settings: dict[str, Any]) -> Any:
    from splink import DuckDBAPI, Linker

    logging.getLogger("splink").setLevel(logging.ERROR)
    interface = DuckDBAPI(connection=connection)
    frames = [interface.register(table) for table in tables]
    return Linker(frames if kind == LINK else frames[0], settings, log_level=None)


def _settings(kind: str, parameters: Parameters | None, blocks: Sequence[str]) -> dict[str, Any]:
    return {
        "link_type": "link_only" if kind == LINK else "dedupe_only",
        "unique_id_column_name": "unique_id",
        "probability_two_random_records_match": parameters.prior[kind] if parameters else 1e-7,
        "comparisons": [_comparison(comparison, parameters) for comparison in COMPARISONS],
        "blocking_rules_to_generate_predictions": [
            {"blocking_rule": BLOCKS[name], "sql_dialect": "duckdb"} for name in blocks
        ],
        "retain_intermediate_calculation_columns": True,
        "retain_matching_columns": True,
        "max_iterations": 15,
    }


def _comparison(comparison: Comparison, parameters: Parameters | None) -> dict[str, Any]:
    levels: list[dict[str, Any]] = [
        {"sql_condition": comparison.unknown, "label_for_charts": "unknown", "is_null_level": True}
    ]
    for level in comparison.levels:
        made: dict[str, Any] = {"sql_condition": level.sql, "label_for_charts": level.key}
        if parameters is not None:
            odds = parameters.odds[comparison.key][level.key]
            made |= {"m_probability": odds.m, "u_probability": odds.u}
        else:
            made["m_probability"] = level.first
            if comparison.rare is not None:
                u = comparison.rare if level.key == "same" else 1 - comparison.rare
                made |= {"u_probability": u, "fix_u_probability": True}
        if comparison.frequency and level.key == "same":
            made |= {"tf_adjustment_column": comparison.frequency, "tf_adjustment_weight": 1.0}
        levels.append(made)
    return {"output_column_name": comparison.key, "comparison_levels": levels}


def _pair(row: tuple[Any, ...]) -> Pair:
    left, right, weight, probability, *rest = row
    values = iter(rest)
    parts = []
    for comparison in COMPARISONS:
        gamma, bits = next(values), next(values)
        bits += next(values) if comparison.frequency else 0.0
        if gamma == -1:
            continue
        # Splink numbers levels from the most alike down to 0 for the last.
        level = comparison.levels[len(comparison.levels) - 1 - gamma]
        parts.append((comparison.key, level.key, round(float(bits), 3)))
    return Pair(str(left), str(right), round(float(weight), 3), float(probability), tuple(parts))
