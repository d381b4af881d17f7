"""What was stored, beside what the citizen scripted: one verdict for each field. Pure."""

import re
import unicodedata
from collections.abc import Mapping
from enum import StrEnum

from bench.cast import SPOKEN, Errand

ANONYMOUS = "anonymous"
EXACT = {"respondent", "name"}
DIGITS = {chr(spoken): chr(plain) for plain, spoken in SPOKEN.items()} | {"一": "1", "〇": "0"}
HOW_MANY = re.compile(r"\d+")


class Verdict(StrEnum):
    RIGHT = "right"
    WRONG = "wrong"
    MISSING = "missing"


def judge(errand: Errand, name: str, stored: str | None) -> Verdict:
    """One field of the read-back. An anonymous contact is right when it holds no number."""
    if not stored:
        return Verdict.MISSING
    wanted = errand.facts.get(name, ANONYMOUS)
    return Verdict.RIGHT if _is_right(errand, name, wanted, stored) else Verdict.WRONG


def _is_right(errand: Errand, name: str, wanted: str, stored: str) -> bool:
    found, expected = squeezed(stored), squeezed(wanted)
    match name:
        case "contact":
            return digits(stored) == (digits(wanted) if wanted != ANONYMOUS else "")
        case "representatives":
            return all(squeezed(line) in found for line in wanted.splitlines())
        case "what" | "where" | "demand":
            keys = errand.case.keys.get(name, [wanted])
            return all(squeezed(key) in found for key in keys) and not _holds_wrong(
                errand, name, found
            )
        case _ if name in EXACT:
            return found == expected
        case _:
            return expected in found or (len(found) > 1 and found in expected)


def _holds_wrong(errand: Errand, name: str, found: str) -> bool:
    """The value that the citizen took back must not be left beside the right one."""
    wrong = squeezed(errand.wrong.get(name, ""))
    return bool(wrong) and wrong in found


def digits(text: str) -> str:
    """Of a number in figures, as it is dictated or spelled out."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join(HOW_MANY.findall("".join(DIGITS.get(each, each) for each in plain)))


def squeezed(text: str) -> str:
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text))


def verdicts(errand: Errand, said: set[str], stored: Mapping[str, str]) -> dict[str, Verdict]:
    """Of every field that the citizen said."""
    return {name: judge(errand, name, stored.get(name)) for name in sorted(said)}


def unscripted(errand: Errand, stored: Mapping[str, str]) -> dict[str, str]:
    """Rows for fields of which the script knows nothing."""
    known = {*errand.facts, "what", "contact", "safe_contact", "service"}
    return {name: value for name, value in stored.items() if name not in known}
