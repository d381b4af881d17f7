"""Danger that no single word tells: ideas near each other, by `data/crisis/scenes.yml`."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_NEAR = 30
_AWAY = 40


@dataclass(frozen=True, slots=True)
class Scene:
    """Holds where every idea of `others` stands near the `anchor`, and none of `without` does."""

    kind: str
    level: int
    anchor: re.Pattern[str]
    others: Sequence[re.Pattern[str]]
    without: Sequence[re.Pattern[str]]
    near: int

    def found_in(self, text: str) -> Iterator[tuple[int, int]]:
        """Where the anchor of a scene that holds stands."""
        for match in self.anchor.finditer(text):
            if self._holds(text, match):
                yield match.span()

    def _holds(self, text: str, match: re.Match[str]) -> bool:
        beside = _around(text, match, self.near)
        if not all(idea.search(beside) for idea in self.others):
            return False
        around = text[max(0, match.start() - _AWAY) : match.end() + _AWAY]
        return not any(idea.search(around) for idea in self.without)


def scenes(raw: Mapping[str, Any], known: Mapping[str, re.Pattern[str]]) -> tuple[Scene, ...]:
    """Compile the file; `known`: ideas from elsewhere. Raises KeyError, re.error on a wrong one."""
    listed = {name: re.compile("|".join(words.split())) for name, words in raw["ideas"].items()}
    ideas = {**listed, **known}

    def scene(one: Mapping[str, Any]) -> Scene:
        anchor, *others = (ideas[name] for name in one["all"])
        without = [ideas[name] for name in one.get("without", ())]
        return Scene(one["kind"], one["level"], anchor, others, without, one.get("near", _NEAR))

    return tuple(map(scene, raw["scenes"]))


def _around(text: str, match: re.Match[str], near: int) -> str:
    """What stands before and behind the match, the match itself blanked: one word is one idea."""
    before, after = text[max(0, match.start() - near) : match.start()], text[match.end() :][:near]
    return f"{before}＿{after}"
