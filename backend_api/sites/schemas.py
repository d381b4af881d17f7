from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints

# As printed on a poster: one line.
Line = StringConstraints(strip_whitespace=True, max_length=80, pattern=r"^[^\x00-\x1f\x7f]*$")


class SiteItem(BaseModel):
    """`scans`: how often its code was opened, once for each time a browser was opened."""

    model_config = ConfigDict(from_attributes=True)

    code: str
    name: str
    place: str
    unit: str
    active: bool
    scans: int


class SiteWanted(BaseModel):
    """`unit`: whose cases they are; the caller's own unit where it is left out."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Line, StringConstraints(min_length=1)]
    place: Annotated[str, Line] = ""
    unit: UUID | None = None


class SiteList(BaseModel):
    items: list[SiteItem]
