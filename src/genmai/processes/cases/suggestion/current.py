"""The model this process asks: none is learned yet."""

from __future__ import annotations

from genmai.processes.cases.suggestion.deciding import Learned


def model() -> Learned | None:
    """The current model, or None: then the taxonomy's words alone are asked."""
    return None


__all__ = ["model"]
