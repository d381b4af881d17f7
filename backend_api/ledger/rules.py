"""What a ledger shows and how a cell is made harmless. Pure."""

import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from backend_api.cases.rules import CaseStatus
from backend_api.drafts.rules import SHOWN

# The columns, in order: of the case itself, then the fields of its account.
OF_CASE = ("number", "registered", "status", "type", "matter", "unit", "site", "channel")
_BEHIND_THE_ACCOUNT = SHOWN.index("what") + 1
OF_ACCOUNT = (*SHOWN[:_BEHIND_THE_ACCOUNT], "added", *SHOWN[_BEHIND_THE_ACCOUNT:])
COLUMNS = (*OF_CASE, *OF_ACCOUNT)
# What a spreadsheet takes for the beginning of a formula, in the form NFKC gives it.
FORMULA_SIGNS = frozenset("=+-@\u2212")
# Read as the beginning of another cell, or skipped before a formula.
BREAKS = frozenset("\t\r\n\v\f")
# Spaces of any width, marks without any.
UNSEEN = frozenset({"Zs", "Cf", "Cc"})
HARMLESS = "'"


class Form(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"


class ExportReason(StrEnum):
    """Why a whole list must be readable. No emergency: that is one case, and looked at there."""

    CONTACT = "contact"
    VERIFY = "verify"
    LEGAL_DUTY = "legal_duty"


@dataclass(frozen=True, slots=True)
class Filters:
    """What is wanted; empty: everything. Days are days in China, the last one included."""

    first_day: date | None = None
    last_day: date | None = None
    matter: str | None = None
    state: CaseStatus | None = None
    unit: UUID | None = None
    channel: str | None = None

    def details(self) -> dict[str, str]:
        """For the audit: codes, days and ids."""
        given = {
            "from": self.first_day,
            "to": self.last_day,
            "matter": self.matter,
            "state": self.state,
            "unit": self.unit,
            "channel": self.channel,
        }
        return {name: str(value) for name, value in given.items() if value is not None}


def harmless(cell: str) -> str:
    """The cell so that no spreadsheet runs it: an apostrophe in front of whatever could begin a
    formula, also after spaces or in full-width signs (OWASP: CSV injection)."""
    return HARMLESS + cell if _may_run(cell) else cell


def _may_run(cell: str) -> bool:
    for sign in cell:
        if sign in BREAKS:
            return True
        if unicodedata.category(sign) not in UNSEEN:
            return unicodedata.normalize("NFKC", sign)[:1] in FORMULA_SIGNS
    return False
