"""The frame around every page: style, header, languages, signing out."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nicegui import ui

from console.session import Desk, forget, switch_language, text, who
from console.told import SIGN_IN, ToldPlainly

STYLE = Path(__file__).parent / "style.css"
GREEN = "#2c6a4e"
PAGES = (("cases", "/"), ("queue", "/queue"))


def dress(heading: str) -> None:
    ui.colors(primary=GREEN, positive=GREEN)
    ui.add_css(STYLE.read_text("utf-8"))
    ui.page_title(f"{heading} · {text('title')}")


@contextmanager
def sheet(desk: Desk, heading: str, *, here: str = "") -> Iterator[None]:
    """A page with the header; the body is written inside."""
    dress(heading)
    with ui.header(elevated=False).classes("top"):
        ui.label(text("title")).classes("brand")
        for name, path in PAGES:
            ui.link(text(f"nav.{name}"), path).classes("here" if name == here else "")
        ui.label(who()).classes("who")
        ui.link(text("nav.change_password"), "/password")
        language_switch()
        ui.button(text("nav.sign_out"), on_click=lambda: leave(desk)).props("flat dense no-caps")
    with ui.column().classes("sheet"):
        yield


def title(words: str, level: int = 1) -> None:
    with ui.element(f"h{level}"):
        ui.label(words)


def language_switch() -> None:
    def switch() -> None:
        switch_language()
        ui.navigate.reload()

    ui.button(text("nav.other_language"), on_click=switch).props("flat dense no-caps")


async def leave(desk: Desk) -> None:
    async with ToldPlainly():
        await desk.api.sign_out()
    forget()
    ui.navigate.to(SIGN_IN)
