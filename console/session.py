"""Who sits at this browser: kept on the server, never in an address or in the browser."""

from dataclasses import dataclass

import httpx
from nicegui import app, context

from console.api import Api, SignedOutError
from console.texts import text_in, word_in
from console.values import SignedIn


def remember(signed_in: SignedIn) -> None:
    app.storage.user["token"] = signed_in.token
    app.storage.user["name"] = signed_in.account.name
    app.storage.user["unit"] = signed_in.account.unit


def forget() -> None:
    for name in ("token", "name", "unit"):
        app.storage.user.pop(name, None)


def token() -> str | None:
    return app.storage.user.get("token")


def who() -> str:
    unit, name = app.storage.user.get("unit", ""), app.storage.user.get("name", "")
    return f"{unit} {name}".strip()


def language() -> str:
    return str(app.storage.user.get("language", "zh"))


def switch_language() -> None:
    app.storage.user["language"] = "en" if language() == "zh" else "zh"


def text(name: str, **values: object) -> str:
    return text_in(language(), name, **values)


def word(group: str, value: str) -> str:
    return word_in(language(), group, value)


def origin() -> str:
    """The browser's address."""
    return context.client.ip


@dataclass(frozen=True, slots=True)
class Desk:
    """What a page needs: the api as the person signed in sees it."""

    http: httpx.AsyncClient

    @property
    def nobody(self) -> Api:
        return Api(self.http, origin=origin())

    @property
    def api(self) -> Api:
        key = token()
        if key is None:
            raise SignedOutError(401, "signed_out")
        return Api(self.http, key, origin())
