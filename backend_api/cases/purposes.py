"""For what a case's personal data is used and on which legal basis. The words: `purposes.yml`."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml

from backend_api.drafts.rules import ANONYMOUS

HANDLING, ANSWERING, REPRESENTING, STATISTICS, RESCUE = (
    "handling",
    "answering",
    "representing",
    "statistics",
    "rescue",
)
DUTY, CONSENT, SEPARATE_CONSENT, EMERGENCY = "duty", "consent", "separate_consent", "emergency"
# Counselling is no duty of the office, and speaks of health.
COUNSEL, TROUBLED = "counsel", "心理求助"


def processing_of(values: Mapping[str, str], *, sealed: bool) -> dict[str, str]:
    """Purpose → basis for a case with these facts; a report on an official is never counted."""
    counselling = values.get("service") == COUNSEL or values.get("matter") == TROUBLED
    found = {HANDLING: SEPARATE_CONSENT if counselling else DUTY}
    if values.get("contact", ANONYMOUS) != ANONYMOUS:
        found[ANSWERING] = DUTY
    if "representatives" in values:
        found[REPRESENTING] = CONSENT
    if not sealed:
        found[STATISTICS] = DUTY
    return found


def rescued(processing: Mapping[str, str]) -> dict[str, str]:
    """The same once somebody was looked up to help in an emergency."""
    return {**processing, RESCUE: EMERGENCY}


def purpose_text(purpose: str, language: str = "zh") -> str:
    return _texts("purposes", purpose, language)


def basis_text(basis: str, language: str = "zh") -> str:
    return _texts("bases", basis, language)


def _texts(kind: str, code: str, language: str) -> str:
    """A code that the file no longer has is shown as it was recorded."""
    words = _loaded()[kind].get(code)
    return words[language] if words is not None else code


@cache
def _loaded() -> dict[str, dict[str, dict[str, str]]]:
    file = Path(__file__).with_name("purposes.yml")
    loaded: dict[str, dict[str, dict[str, str]]] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return loaded
