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
