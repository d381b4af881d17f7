"""How a failure is told to the person at the desk: in plain words, the same way everywhere."""

from types import TracebackType

from nicegui import ui

from console.api import ApiError, PasswordChangeRequiredError, SignedOutError
from console.session import forget, text, word

SIGN_IN = "/sign-in"
PASSWORD = "/password"  # noqa: S105 -- a path


class ToldPlainly:
    """`async with ToldPlainly():` ends at a failed call, and the person learns why.

    Who is no longer signed in, or must change the password, is led to the page that mends it.
    With `led=True` only that is done and other failures are the caller's (a page that refreshes
    itself shows a standing line instead of one notice after the other).
    """

    def __init__(self, *, led: bool = False) -> None:
        self.led = led

    async def __aenter__(self) -> None:
        return None

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        match error:
            case SignedOutError():
                forget()
                ui.navigate.to(SIGN_IN)
            case PasswordChangeRequiredError():
                ui.navigate.to(PASSWORD)
            case ApiError() if not self.led:
                ui.notify(reason(error), type="warning", position="top", timeout=8000)
            case _:
                return False
        return True


def reason(error: ApiError) -> str:
    known = word("error", error.code)
    if known != error.code:
        return known
    return error.detail or text("error.unexpected")
