"""Learning from labelled texts: pieces weighed, a balanced linear answer a level, its threshold measured on held-out folds.

Imports the learning library, so only the process that learns imports this module. No chance: the same texts in the
same order give the same model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import optimize, sparse
from sklearn.linear_model import Ridge
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedGroupKFold

from genmai.processes.cases.suggestion.features import BLOCKS, counted, plain
from genmai.processes.cases.suggestion.habits import Habit
from genmai.processes.cases.suggestion.model import Block, Floats, Head, Model
from genmai.processes.cases.suggestion.repeats import groups_of

FIRMNESS = 0.3  # of the ridge; chosen on splits that are not reported
FOLDS = 5
SEED = 20261122  # of the folds on which thresholds are measured
SHORT = 5  # per cent of the texts learned from: what says less than these is answered less surely
Rows = npt.NDArray[np.int64]
Matrix: TypeAlias = Any  # a sparse matrix by rows; the library has no types


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text and the code of its subject, at whatever level."""

    text: str
    code: str


@dataclass(frozen=True, slots=True)
class Targets:
    """What the mechanism asks of a model (`[suggestion]`)."""

    precision: float = 0.97
    least_of_class: int = 20
    least_rows: int = 200
    least_decided: int = 50
    most_weights: int = 6_000_000  # columns × classes of a head: keeps the file small


class TooLittle(Exception):
    """Not enough labelled texts of at least two subjects."""


class Corpus:
    """All texts as counts, one matrix a block; which pieces are known and how they weigh depends on the rows learned."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = [plain(text) for text in texts]
        self.keys: dict[str, npt.NDArray[np.uint64]] = {}
        self.counts: dict[str, Matrix] = {}
        for name, (cut, _length) in BLOCKS.items():
            self.keys[name], self.counts[name] = _counts([counted(cut(text)) for text in self.texts])

    def weighed(self, rows: Rows) -> tuple[tuple[Block, ...], Matrix]:
        """The pieces that stand in at least two of these rows, and all texts in them."""
        blocks, parts, start = [], [], 0
        whole = np.sqrt(sum(length**2 for _cut, length in BLOCKS.values()))
        for name, (_cut, length) in BLOCKS.items():
            counts = self.counts[name]
            df = np.bincount(counts[rows].indices, minlength=counts.shape[1])
            known = np.flatnonzero(df >= 2)
            idf = (np.log((1 + len(rows)) / (1 + df[known])) + 1).astype(np.float16)
            part = counts[:, known].multiply(idf.astype(np.float32)[None, :]).tocsr()
            norm = np.sqrt(part.multiply(part).sum(axis=1)).A1
            floor = float(np.percentile(norm[rows], SHORT)) or 1.0
            scale = (length / whole / np.where(norm == 0, 1, norm)).astype(np.float32)
            parts.append(sparse.diags(scale) @ part)
            blocks.append(Block(name, self.keys[name][known], idf, start, floor))
            start += len(known)
        return tuple(blocks), sparse.hstack(parts, format="csr", dtype=np.float32)


def _counts(found: Sequence[tuple[npt.NDArray[np.uint64], Floats]]) -> tuple[npt.NDArray[np.uint64], Matrix]:
    keys = np.unique(np.concatenate([keys for keys, _ in found]))
    columns = np.concatenate([np.searchsorted(keys, own) for own, _ in found]).astype(np.int32)
    ends = np.cumsum([0, *(len(own) for own, _ in found)])
    values = np.concatenate([often for _, often in found])
    return keys, sparse.csr_matrix((values, columns, ends), shape=(len(found), len(keys)))


def learn(
    rows: Sequence[Labelled], *, version: str, targets: Targets, habits: Sequence[Habit], facts: Mapping[str, object]
) -> Model:
    """A model of everything in `rows`. Raises TooLittle."""
    corpus = Corpus([row.text for row in rows])
    everything = np.arange(len(rows))
    blocks, matrix = corpus.weighed(everything)
    groups = groups_of(corpus.texts)
    heads = []
    for level in (1, 2, 3):
        codes, classes, chosen = _of_level(rows, level, targets)
        if len(classes) >= 2 and len(chosen) >= targets.least_rows:
            heads.append(_head(corpus, matrix, level, classes, codes, chosen, groups, targets))
    if not heads:
        raise TooLittle
    blocks, slim = _slimmer(blocks, heads, targets.most_weights)
    shortest = int(np.percentile([len(text) for text in corpus.texts], SHORT))
    told = {**facts, "rows": len(rows), "labels": _tally(rows), "shortest": shortest}
    return Model(version, blocks, slim, tuple(habits), told)


def _of_level(
    rows: Sequence[Labelled], level: int, targets: Targets
) -> tuple[npt.NDArray[np.int64], tuple[str, ...], Rows]:
    """Class number a row (-1: none at this level or too rare), the classes, the rows that have one."""
    cut = [row.code[: 2 * level] if len(row.code) >= 2 * level else "" for row in rows]
    often: dict[str, int] = {}
    for code in cut:
        often[code] = often.get(code, 0) + 1
    classes = tuple(sorted(code for code, n in often.items() if code and n >= targets.least_of_class))
    number = {code: at for at, code in enumerate(classes)}
    codes = np.array([number.get(code, -1) for code in cut], dtype=np.int64)
    return codes, classes, np.flatnonzero(codes >= 0)


def _head(
    corpus: Corpus, matrix: Matrix, level: int, classes: tuple[str, ...], codes: Rows, chosen: Rows,
    groups: Rows, targets: Targets,
) -> Head:  # fmt: skip
    margins = held_out_margins(corpus, codes, chosen, groups, len(classes))
    sharpness, bias = calibrate(margins, codes[chosen])
    threshold, precision, decided = threshold_of(margins, codes[chosen], sharpness, bias, targets)
    coef, intercept = fit(matrix[chosen], codes[chosen], len(classes))
    return Head(
        level, classes, coef.astype(np.float16), intercept, sharpness, bias, threshold, precision, decided, len(chosen),
        float(f1_score(codes[chosen], margins.argmax(axis=1), average="macro")),
    )  # fmt: skip


def fit(matrix: Matrix, codes: Rows, classes: int) -> tuple[Floats, Floats]:
    """Column × class weights and intercepts: ridge on ±1, every class counting the same however many rows it has."""
    often = np.maximum(1, np.bincount(codes, minlength=classes))
    target = np.where(codes[:, None] == np.arange(classes), 1.0, -1.0).astype(np.float32)
    weight = (often.mean() / often)[codes].astype(np.float32)
    ridge = Ridge(alpha=FIRMNESS, solver="sparse_cg", tol=1e-3, fit_intercept=True)
    ridge.fit(matrix, target, sample_weight=weight)
    coef = np.atleast_2d(ridge.coef_).T.astype(np.float32)
    return coef, np.asarray(ridge.intercept_, dtype=np.float32)


def held_out_margins(corpus: Corpus, codes: Rows, chosen: Rows, groups: Rows, classes: int) -> Floats:
    """Each chosen row's margins by a model that saw neither it nor a near repeat of it."""
    margins = np.zeros((len(chosen), classes), dtype=np.float32)
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=SEED)
    for learned, held in folds.split(chosen, codes[chosen], groups[chosen]):
        _blocks, matrix = corpus.weighed(chosen[learned])
        coef, intercept = fit(matrix[chosen[learned]], codes[chosen[learned]], classes)
        margins[held] = matrix[chosen[held]] @ coef + intercept
    return margins


def calibrate(margins: Floats, codes: Rows) -> tuple[float, Floats]:
    """Sharpness and bias that make softmax(sharpness × margin + bias) the likeliest on held-out rows."""
    classes = margins.shape[1]

    def loss(x: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        raw = np.exp(x[0]) * margins + x[1:]
        raw = raw - raw.max(axis=1, keepdims=True)
        share = np.exp(raw)
        share /= share.sum(axis=1, keepdims=True)
        own = np.maximum(share[np.arange(len(codes)), codes], 1e-12)
        wrong = share.copy()
        wrong[np.arange(len(codes)), codes] -= 1
        pull = 1e-3 * len(codes) * x[1:] / classes  # keeps the biases from drifting together
        slope = np.concatenate([[np.exp(x[0]) * (wrong * margins).sum()], wrong.sum(axis=0) + pull])
        return float(-np.log(own).sum() + (pull * x[1:]).sum() / 2), slope

    start = np.zeros(classes + 1)
    start[0] = np.log(3.0)
    found = optimize.minimize(loss, start, jac=True, method="L-BFGS-B").x
    return float(np.exp(found[0])), found[1:].astype(np.float32)


def threshold_of(
    margins: Floats, codes: Rows, sharpness: float, bias: Floats, targets: Targets
) -> tuple[float, float, int]:
    """The lowest share from which on `precision` of the held-out rows are right; how many of them that decides.

    Where no threshold reaches it (or decides too few to tell) nothing is ever decided: the threshold is above 1.
    """
    raw = sharpness * margins + bias
    share = np.exp(raw - raw.max(axis=1, keepdims=True))
    share /= share.sum(axis=1, keepdims=True)
    best = margins.argmax(axis=1)
    sure = share[np.arange(len(best)), best]
    order = np.argsort(-sure, kind="stable")
    right = np.cumsum(best[order] == codes[order]) / np.arange(1, len(order) + 1)
    good = np.flatnonzero(right >= targets.precision)
    good = good[good + 1 >= targets.least_decided]
    if not len(good):
        return 1.01, 0.0, 0
    last = int(good[-1])
    lowest = float(sure[order[last]])
    if (
        last == len(order) - 1
    ):  # nothing lies below: what was easy throughout doesn't make the bar higher than asked for
        lowest = min(lowest, targets.precision)
    return lowest, float(right[last]), last + 1


def _slimmer(
    blocks: tuple[Block, ...], heads: Sequence[Head], budget: int = 6_000_000
) -> tuple[tuple[Block, ...], tuple[Head, ...]]:
    """Only the columns that weigh most where columns × classes would make the file too large."""
    classes = sum(len(head.classes) for head in heads)
    columns = heads[0].coef.shape[0]
    most = max(1, budget // classes)
    if columns <= most:
        return blocks, tuple(heads)
    weight = np.sum([np.square(head.coef.astype(np.float32)).sum(axis=1) for head in heads], axis=0)
    kept = np.sort(np.argpartition(-weight, most)[:most])
    slim, start = [], 0
    ends = [*(block.start for block in blocks), columns]
    for block, (first, last) in zip(blocks, pairwise(ends), strict=True):
        own = kept[(kept >= first) & (kept < last)] - first
        slim.append(Block(block.name, block.keys[own], block.idf[own], start, block.floor))
        start += len(own)
    return tuple(slim), tuple(_with_coef(head, head.coef[kept]) for head in heads)


def _with_coef(head: Head, coef: npt.NDArray[np.float16]) -> Head:
    return replace(head, coef=coef)


def _tally(rows: Sequence[Labelled]) -> dict[str, int]:
    """How many rows of each first-level subject: what later weeks are compared with."""
    tally: dict[str, int] = {}
    for row in rows:
        tally[row.code[:2]] = tally.get(row.code[:2], 0) + 1
    return dict(sorted(tally.items()))


__all__ = ["Corpus", "Labelled", "Targets", "TooLittle", "calibrate", "fit", "learn", "threshold_of"]
