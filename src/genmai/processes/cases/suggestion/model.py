"""A learned model as it answers: a head a level of the taxonomy, each with its own measured threshold. Only numpy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from genmai.processes.cases.suggestion.features import BLOCKS, Keys, content_words, counted, pieces_of, plain
from genmai.processes.cases.suggestion.guess import Guess, Matter
from genmai.processes.cases.suggestion.habits import Habit

Floats = npt.NDArray[np.float32]
MOST_WORDS = 3
CERTAIN = 999  # thousandths; nothing is ever said to be surer
MOST_LOOKED_AT = 400  # words of a text, when looking for the telling ones


@dataclass(frozen=True, slots=True)
class Block:
    """The known pieces of one kind, sorted, each with its weight (rare ones weigh more)."""

    name: str
    keys: Keys
    idf: npt.NDArray[np.float16]
    start: int  # its first column
    floor: float  # what nearly all texts learned from say at least; one that says less is answered less surely


@dataclass(frozen=True, slots=True)
class Vector:
    """A text: its columns, its values, and how much it says beside what the shortest texts learned from say (up to 1)."""

    columns: npt.NDArray[np.int64]
    values: Floats
    evidence: float


@dataclass(frozen=True, slots=True)
class Head:
    """One level's answer. `sharpness` and `bias` turn margins into shares; from `threshold` on it is decided.

    `precision` of the `decided` held-out texts above it were right; `held_out` were looked at.
    """

    level: int
    classes: tuple[str, ...]
    coef: npt.NDArray[np.float16]  # column × class
    intercept: Floats
    sharpness: float
    bias: Floats
    threshold: float
    precision: float
    decided: int
    held_out: int
    macro_f1: float  # on all held-out texts, every class counting the same

    def margins(self, vector: Vector) -> Floats:
        weights = self.coef[vector.columns].astype(np.float32)
        return np.asarray(vector.values @ weights + self.intercept, dtype=np.float32)

    def shares(self, margins: Floats, evidence: float) -> Floats:
        """How likely each class is, as measured on held-out texts; on little evidence nothing is very likely."""
        raw = evidence * self.sharpness * margins + self.bias
        grown = np.exp(raw - raw.max())
        return np.asarray(grown / grown.sum(), dtype=np.float32)


@dataclass(frozen=True)
class Model:
    """What was learned. `facts`: when, from how many, how it was measured (shown on the page; no text)."""

    version: str
    blocks: tuple[Block, ...]
    heads: tuple[Head, ...]
    habits: tuple[Habit, ...]
    facts: Mapping[str, object]

    def count(self, name: str) -> int:
        """A whole number among the facts; 0 where it isn't told."""
        return int(str(self.facts.get(name, 0)))

    def too_short_for_it(self, matter: Matter) -> bool:
        """Shorter than nearly everything it learned from: when it is unsure of that, it says nothing about it."""
        return len(plain(matter.whole)) < self.count("shortest")

    def guess(self, matters: Sequence[Matter]) -> list[Guess]:
        return [self._one(matter) for matter in matters]

    def vector(self, text: str) -> Vector:
        """The known pieces of a plain text, each block brought to its length."""
        columns, values, evidence = [], [], 0.0
        for block in self.blocks:
            cut, length = BLOCKS[block.name]
            keys, often = counted(cut(text))
            at, known = known_in(block, keys)
            weighed = often[known] * block.idf[at].astype(np.float32)
            norm = float(np.sqrt((weighed * weighed).sum()))
            evidence += min(1.0, norm / block.floor)
            columns.append(at + block.start)
            values.append(weighed * np.float32(length / (norm or 1.0) / self._whole))
        return Vector(np.concatenate(columns), np.concatenate(values), evidence / len(self.blocks))

    @cached_property
    def _whole(self) -> float:
        return float(np.sqrt(sum(BLOCKS[block.name][1] ** 2 for block in self.blocks)))

    def _one(self, matter: Matter) -> Guess:
        """From the top level down as far as it is sure; undecided where the first step already isn't."""
        text = plain(matter.whole)
        vector = self.vector(text)
        found = Guess(basis="model", version=self.version, doubt="unsure")
        if not len(vector.columns):
            return found
        under = matter.label
        for head in self.heads:
            among = np.array([code.startswith(under) and len(code) > len(under) for code in head.classes])
            if not among.any():
                continue
            step, best = self._step(head, vector, among)
            if not step.decided and found.decided:
                break
            surest = found.confidence if found.decided else None
            found = step if surest is None else replace(step, confidence=min(surest, step.confidence or 0))
            if not step.decided:
                break
            under = head.classes[best]
        return self._with_words(found, vector, text)

    def _step(self, head: Head, vector: Vector, among: npt.NDArray[np.bool_]) -> tuple[Guess, int]:
        margins = head.margins(vector)
        shares = head.shares(margins, vector.evidence)
        best = int(np.where(among, margins, -np.inf).argmax())
        order = [int(at) for at in np.argsort(-shares) if at != best]
        second = order[0] if order else None
        sure = float(shares[best]) >= head.threshold
        step = Guess(
            basis="model",
            version=self.version,
            category=head.classes[best],
            decided=sure,
            confidence=min(CERTAIN, int(shares[best] * 1000)),
            second=head.classes[second] if second is not None else "",
            second_confidence=int(shares[second] * 1000) if second is not None else None,
            doubt="" if sure else "unsure",
        )
        return step, best

    def _with_words(self, found: Guess, vector: Vector, text: str) -> Guess:
        if not found.category:
            return found
        head = next(one for one in self.heads if one.level == len(found.category) // 2)
        told = telling_words(self, head, head.classes.index(found.category), vector, text)
        return replace(found, words=told)


def known_in(block: Block, keys: Keys) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Where the known ones of these keys stand in the block, and which they are."""
    if not len(block.keys):
        return np.empty(0, np.int64), np.zeros(len(keys), bool)
    at = np.minimum(np.searchsorted(block.keys, keys), len(block.keys) - 1)
    known = block.keys[at] == keys
    return at[known], known


def telling_words(model: Model, head: Head, best: int, vector: Vector, text: str) -> tuple[str, ...]:
    """The words of the text that spoke most for a class against the others, the weightiest first."""
    words = list(dict.fromkeys(word for word in content_words(text) if not word.isdigit()))[:MOST_LOOKED_AT]
    weights = head.coef[vector.columns].astype(np.float32)
    others = (weights.sum(axis=1) - weights[:, best]) / max(1, weights.shape[1] - 1)
    order = np.argsort(vector.columns)
    columns, spoke = vector.columns[order], (vector.values * (weights[:, best] - others))[order]
    sums = np.zeros(len(words), dtype=np.float32)
    for block in model.blocks:
        keys, owners = pieces_of(block.name, words)
        at, known = known_in(block, keys)
        at = at + block.start
        place = np.minimum(np.searchsorted(columns, at), len(columns) - 1)
        here = columns[place] == at
        np.add.at(sums, owners[known][here], spoke[place[here]])
    told = [words[at][:24] for at in np.argsort(-sums, kind="stable")[: MOST_WORDS * 3] if sums[at] > 0]
    return tuple([word for word in told if not any(word != other and word in other for other in told)][:MOST_WORDS])


__all__ = ["Block", "Head", "Model", "Vector", "telling_words"]
