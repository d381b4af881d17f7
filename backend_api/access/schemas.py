from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from backend_api.access.rules import Role


class SignIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    # No control characters: PostgreSQL stores no NUL.
    username: str = Field(max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")
    password: str = Field(max_length=200)


class PasswordChange(BaseModel):
    model_config = ConfigDict(extra="forbid")

    old: str = Field(max_length=200)
    new: str = Field(max_length=200)


class AccountRead(BaseModel):
    id: UUID
    username: str
    name: str
    role: Role
    unit: str


class SignedIn(BaseModel):
    token: str
    account: AccountRead
    must_change_password: bool


class AuditItem(BaseModel):
    """One deed. Ids, counts and codes; never a name, a phone number or words."""

    id: UUID
    at: datetime
    actor_kind: str
    actor: str | None
    action: str
    subject_kind: str
    details: dict[str, str]


class AuditList(BaseModel):
    items: list[AuditItem]
    next: UUID | None
