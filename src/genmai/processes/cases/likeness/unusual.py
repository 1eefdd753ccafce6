"""Whether a count is unusual beside what came before, with few cases judged as few.

Matters at a place arrive like rain: independently, at some rate (Poisson). The rate is not known but for what came in a
span before, and the fewer those were, the less is known. So the question is not "how rare is n at the rate seen
before" (three after none would be impossible) but "how rare is n, all rates weighed by how well they explain what came
before" (Jeffreys' prior): a negative binomial. Time of day and season are not in it; the span before is four weeks.
"""

from __future__ import annotations

from math import exp, lgamma, log


def chance_of(n: int, *, before: int, spans: float) -> float:
    """Probability of `n` or more in one span when `before` came in the `spans` spans before, nothing having changed."""
    if n <= 0:
        return 1.0
    r, log_p, log_q = before + 0.5, log(spans / (spans + 1)), -log(spans + 1)
    below = sum(exp(lgamma(k + r) - lgamma(r) - lgamma(k + 1) + r * log_p + k * log_q) for k in range(n))
    return max(0.0, 1.0 - below)


def expected(*, before: int, spans: float) -> float:
    """How many a span had on average before."""
    return before / spans
