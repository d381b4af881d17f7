"""Arithmetic of the reports."""

import math
from collections.abc import Sequence


def percentile(ordered: Sequence[float], percent: float) -> float:
    """Nearest rank of an ordered list; 0 when it is empty."""
    if not ordered:
        return 0.0
    rank = math.ceil(len(ordered) * percent / 100) - 1
    return ordered[min(max(rank, 0), len(ordered) - 1)]
