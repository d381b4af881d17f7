"""Everything `analyse` reads from: loaded once, the only impure part of understanding."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from backend_api.understanding.calendar import Calendar
from backend_api.understanding.crisis import Lexicon, lexicon
from backend_api.understanding.matters import Classifier, First, load_classifier, matter_list
from backend_api.understanding.orgs import OrgWords, org_words
from backend_api.understanding.persons import PersonWords, person_words
from backend_api.understanding.places import Gazetteer, place_words
from backend_api.understanding.regions import load_regions
from backend_api.understanding.tagger import LacTagger, Tagger, lac_folder

DATA = Path(__file__).resolve().parents[2] / "data"


@dataclass(frozen=True, slots=True)
class Models:
    """Read-only; may be shared by threads."""

    simplify: Callable[[str], str]
    tagger: Tagger
    classifier: Classifier
    matters: Mapping[str, First]
    crisis: Lexicon
    calendar: Calendar
    persons: PersonWords
    orgs: OrgWords
    places: Gazetteer


def load(folder: Path | str, data: Path = DATA) -> Models:
    """`folder` is what `train --out` wrote; `data` the project's word lists.

    Raises FileNotFoundError when a file of either is missing.
    """
    places = place_words(_yaml(data / "words" / "places.yml"))
    return Models(
        simplify=simplifier(),
        tagger=LacTagger(lac_folder()),
        classifier=load_classifier(Path(folder)),
        matters=matter_list(_yaml(data / "matters" / "matters.yml")),
        crisis=lexicon(_yaml(data / "crisis" / "lexicon.yml")),
        calendar=_calendar(_yaml(data / "words" / "lunar.yml")),
        persons=person_words(_yaml(data / "words" / "surnames.yml")),
        orgs=org_words(_yaml(data / "words" / "orgs.yml"), places.not_named),
        places=Gazetteer(load_regions(), places),
    )


def simplifier() -> Callable[[str], str]:
    """Traditional to simplified characters."""
    import opencc

    convert: Callable[[str], str] = opencc.OpenCC("t2s").convert
    return convert


def _calendar(raw: Mapping[int, list[str]]) -> Calendar:
    return Calendar({year: [date.fromisoformat(day) for day in days] for year, days in raw.items()})


def _yaml(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))
