"""Sign-in, and the change of a password."""

from nicegui import ui

from console.api import Api, ApiError, PasswordChangeRequiredError, SignedOutError
from console.frame import dress, language_switch, title
from console.session import Desk, forget, remember, text, token
from console.told import PASSWORD, SIGN_IN, reason


def register(desk: Desk) -> None:
    @ui.page(SIGN_IN)
    def sign_in() -> None:
        dress(text("sign_in.heading"))
        with ui.column().classes("panel small"):
            SignInForm(desk)

    @ui.page(PASSWORD)
    async def password() -> None:
        if token() is None:
            ui.navigate.to(SIGN_IN)
            return
        dress(text("password.heading"))
        with ui.column().classes("panel small"):
            PasswordForm(desk.api, one_time=await is_one_time(desk.api))


class SignInForm:
    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        title(text("sign_in.heading"))
        self.username = ui.input(text("sign_in.username")).style("width: 100%")
        self.username.props("outlined autocomplete=username autofocus")
        self.password = secret("sign_in.password", "current-password")
        self.password.on("keydown.enter", self.go)
        self.problem = problem_line()
        self.button = ui.button(text("sign_in.go"), on_click=self.go).props("unelevated no-caps")
        self.button.style("width: 100%")
        language_switch()

    async def go(self) -> None:
        username, password = (self.username.value or "").strip(), self.password.value or ""
        if not (username and password):
            self.problem.set_text(text("sign_in.needed"))
            return
        self.button.disable()
        try:
            signed_in = await self.desk.nobody.sign_in(username, password)
        except ApiError as error:
            self.problem.set_text(reason(error))
            return
        finally:
            self.button.enable()
        remember(signed_in)
        ui.navigate.to(PASSWORD if signed_in.must_change_password else "/")


class PasswordForm:
    def __init__(self, api: Api, *, one_time: bool) -> None:
        self.api = api
        title(text("password.heading"))
        ui.label(text("password.why" if one_time else "password.why_own")).classes("soft")
        self.old = secret("password.old", "current-password")
        self.new = secret("password.new", "new-password")
        self.again = secret("password.again", "new-password")
        self.again.on("keydown.enter", self.go)
        self.problem = problem_line()
        button = ui.button(text("password.go"), on_click=self.go).props("unelevated no-caps")
        button.style("width: 100%")

    async def go(self) -> None:
        if self.new.value != self.again.value:
            self.problem.set_text(text("password.different"))
            return
        try:
            await self.api.change_password(self.old.value or "", self.new.value or "")
        except SignedOutError:
            forget()
            ui.navigate.to(SIGN_IN)
            return
        except ApiError as error:
            self.problem.set_text(reason(error))
            return
        ui.notify(text("password.done"), type="positive", position="top")
        ui.navigate.to("/")


async def is_one_time(api: Api) -> bool:
    """The api tells by refusing everything else."""
    try:
        await api.me()
    except PasswordChangeRequiredError:
        return True
    except ApiError:
        return False
    return False


def secret(name: str, autocomplete: str) -> ui.input:
    field = ui.input(text(name), password=True, password_toggle_button=True)
    return field.props(f"outlined autocomplete={autocomplete}").style("width: 100%")


def problem_line() -> ui.label:
    return ui.label("").props('role="alert"').style("color: #9c2c1a; min-height: 1.6em")
