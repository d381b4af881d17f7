"""Errors a caller may see. Each names itself, and one handler turns them into HTTP."""

from typing import ClassVar


class ApiError(Exception):
    """A caller's mistake: `status` and `code` for the machine, the message for the person."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "bad_request"

    def __init__(self, detail: str, *, code: str | None = None, **extra: object) -> None:
        super().__init__(detail)
        self.reason = code or self.code
        self.extra = extra


class NotSignedInError(ApiError):
    status = 401
    code = "not_signed_in"


class ForbiddenError(ApiError):
    status = 403
    code = "forbidden"


class NotFoundError(ApiError):
    status = 404
    code = "not_found"


class ConflictError(ApiError):
    status = 409
    code = "conflict"


class TooLongError(ApiError):
    status = 413
    code = "too_long"


class InvalidError(ApiError):
    status = 422
    code = "invalid"


class TooManyError(ApiError):
    status = 429
    code = "too_many"
