"""Counted texts as the sparse rows that the classifiers are fitted on: in training only."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from backend_api.understanding.features import weight


def matrix(counts: Sequence[Counter[str]], vocabulary: dict[str, int], idf: Any) -> Any:
    """Rows of length one: texts by features."""
    from scipy.sparse import csr_matrix
    from sklearn.preprocessing import normalize

    rows, columns, values = [], [], []
    for row, one in enumerate(counts):
        for gram, count in one.items():
            if gram in vocabulary:
                rows.append(row)
                columns.append(vocabulary[gram])
                values.append(weight(count) * idf[vocabulary[gram]])
    shape = (len(counts), len(vocabulary))
    return normalize(csr_matrix((values, (rows, columns)), shape=shape, dtype=np.float32))
