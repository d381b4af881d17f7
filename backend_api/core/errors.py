"""Errors a caller may see. Each names itself, and one handler turns them into HTTP."""

from typing import ClassVar


class ApiError(Exception):
    """A caller's mistake. `code` names it for machines and, in the texts of the errors, for people;
    what else a machine needs travels in `extra`."""

    status: ClassVar[int] = 400

    def __init__(self, code: str, **extra: object) -> None:
        super().__init__(code)
        self.code = code
        self.extra = extra


class NotSignedInError(ApiError):
    status = 401


class ForbiddenError(ApiError):
    status = 403


class NotFoundError(ApiError):
    status = 404


class ConflictError(ApiError):
    status = 409


class GoneError(ApiError):
    """There was one once."""

    status = 410


class TooLongError(ApiError):
    status = 413


class InvalidError(ApiError):
    status = 422


class TooManyError(ApiError):
    status = 429
