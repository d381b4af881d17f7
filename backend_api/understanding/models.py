"""Everything `analyse` reads from: loaded once, the only impure part of understanding."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from backend_api.understanding.calendar import Calendar, Holidays
from backend_api.understanding.corrections import CorrectionWords, correction_words
from backend_api.understanding.crisis import Lexicon, lexicon
from backend_api.understanding.danger import Concepts, Danger, concepts, load_danger
from backend_api.understanding.demands import DemandWords, demand_words
from backend_api.understanding.matters import (
    Classifier,
    First,
    empty_words,
    load_classifier,
    matter_list,
)
from backend_api.understanding.orgs import OrgWords, org_words
from backend_api.understanding.parts import PartWords, part_words
from backend_api.understanding.persons import PersonWords, person_words
from backend_api.understanding.places import Gazetteer, place_words, town_names
from backend_api.understanding.regions import load_regions
from backend_api.understanding.tagger import LacTagger, Tagger, lac_folder
from backend_api.understanding.times import TimeWords, time_words

# libyaml reads the same ten times as fast.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
DATA = Path(__file__).resolve().parents[2] / "data"


@dataclass(frozen=True, slots=True)
class Models:
    """Read-only; may be shared by threads."""

    simplify: Callable[[str], str]
    tagger: Tagger
    classifier: Classifier
    matters: Mapping[str, First]
    crisis: Lexicon
    danger: Danger | None
    times: TimeWords
    persons: PersonWords
    orgs: OrgWords
    places: Gazetteer
    parts: PartWords
    corrections: CorrectionWords
    demands: DemandWords


def load(folder: Path | str, data: Path = DATA) -> Models:
    """`folder` is what `train --out` wrote; `data` the project's word lists.

    Raises FileNotFoundError when a file of either is missing.
    """
    times = read_words(data, "times")
    places = place_words(read_words(data, "places"))
    simplify = simplifier()
    return Models(
        simplify=simplify,
        tagger=LacTagger(lac_folder()),
        classifier=load_classifier(Path(folder), empty_words(read_words(data, "empty"))),
        matters=matter_list(_yaml(data / "matters" / "matters.yml")),
        crisis=crisis_lexicon(data),
        danger=load_danger(Path(folder), read_concepts(data, simplify)),
        times=time_words(times, _calendar(read_words(data, "lunar"), times)),
        persons=person_words(read_words(data, "surnames")),
        orgs=org_words(read_words(data, "orgs"), places.endings),
        places=Gazetteer(load_regions(), places, town_names(read_words(data, "towns"))),
        parts=part_words(read_words(data, "parts")),
        corrections=correction_words(read_words(data, "corrections")),
        demands=demand_words(read_words(data, "demands")),
    )


@cache
def crisis_lexicon(data: Path) -> Lexicon:
    """The lists of `data/crisis`, read once in a process."""
    return lexicon(_yaml(data / "crisis" / "lexicon.yml"), _yaml(data / "crisis" / "scenes.yml"))


def simplifier() -> Callable[[str], str]:
    """Traditional to simplified characters."""
    import opencc

    convert: Callable[[str], str] = opencc.OpenCC("t2s").convert
    return convert


def _calendar(months: Mapping[int, list[str]], raw: Mapping[str, Any]) -> Calendar:
    holidays = Holidays(
        raw["holidays"],
        raw["lunar_holidays"],
        frozenset(raw["year_end_holidays"]),
        frozenset(raw["new_years_eves"]),
    )
    first_days = {year: [date.fromisoformat(day) for day in days] for year, days in months.items()}
    return Calendar(first_days, holidays)


def read_concepts(data: Path, simplify: Callable[[str], str]) -> Concepts:
    """`crisis/concepts.yml`."""
    return concepts(_yaml(data / "crisis" / "concepts.yml"), simplify)


def read_words(data: Path, name: str) -> Any:
    """A list of `data/words`."""
    return _yaml(data / "words" / f"{name}.yml")


def _yaml(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - a safe loader
