"""Real labelled messages, one stated split: the first fold of the benchmark's five. The whole five are a benchmark."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from benchmarks import suggestion as bench
from sklearn.metrics import f1_score

from genmai.processes.cases.suggestion import training

FOLD = 0


@pytest.mark.slow
def test_macro_f1_on_the_first_stated_fold_is_at_least_nine_tenths(shared_data: Path) -> None:
    source = shared_data / "messages" / "labelled.csv"
    if not source.exists():
        pytest.skip(f"REAL INPUT NOT TESTED: {source} is not here")
    texts, codes = bench.labelled(source)
    assert len(texts) == 5338
    assert "" not in codes
    groups = bench.near_repeats(texts)
    learned, held = bench.splits(codes, groups)[FOLD]
    assert not set(groups[learned]) & set(groups[held])
    corpus = training.Corpus(texts)
    classes, numbers = np.unique(codes, return_inverse=True)
    _blocks, matrix = corpus.weighed(learned)
    coef, intercept = training.fit(matrix[learned], numbers[learned], len(classes))
    found = (matrix[held] @ coef + intercept).argmax(axis=1)
    macro = f1_score(numbers[held], found, average="macro")
    print(f"macro-F1 {macro:.4f} on {len(held)} held-out messages")  # noqa: T201
    assert macro >= 0.90
