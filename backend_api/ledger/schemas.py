from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from backend_api.cases.rules import CaseStatus
from backend_api.ledger.rules import ExportReason, Filters, Form


class Wanted(BaseModel):
    """Which cases. Days are days in China, the last one included."""

    model_config = ConfigDict(extra="forbid")

    first_day: Annotated[date | None, Field(alias="from")] = None
    last_day: Annotated[date | None, Field(alias="to")] = None
    # Chinese words only: what is asked for is written down, and shall be no number of anybody.
    matter: Annotated[str | None, Field(pattern=r"^[\u4e00-\u9fff、]{2,20}$")] = None
    state: CaseStatus | None = None
    unit: UUID | None = None
    channel: Annotated[str | None, Field(pattern=r"^[a-z_]{1,24}$")] = None

    def filters(self) -> Filters:
        return Filters(
            self.first_day, self.last_day, self.matter, self.state, self.unit, self.channel
        )


class WantedFile(Wanted):
    """`unmask`: why names and numbers must be readable; administrators only."""

    form: Annotated[Form, Field(alias="format")] = Form.XLSX
    unmask: ExportReason | None = None


class Counted(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    key: str
    count: int


class Counts(BaseModel):
    """Most first."""

    matter: list[Counted]
    unit: list[Counted]
    channel: list[Counted]
    month: list[Counted]
