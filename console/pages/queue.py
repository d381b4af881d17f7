"""Who waits for a person: risk first, then longest waiting, as the api orders them."""

from nicegui import ui

from console import clock
from console.api import ApiError
from console.frame import sheet, title
from console.session import Desk, text, word
from console.told import ToldPlainly
from console.values import Waiting

EVERY = 3.0  # seconds


def register(desk: Desk) -> None:
    @ui.page("/queue", response_timeout=20)
    async def queue() -> None:
        with sheet(desk, text("queue.heading"), here="queue"):
            view = QueueView(desk)
        async with ToldPlainly():
            view.show(await desk.api.queue())
        ui.timer(EVERY, view.refresh, immediate=False)


class QueueView:
    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.shown: list[tuple[Waiting, int]] | None = None
        with ui.row().classes("head"):
            title(text("queue.heading"))
            self.count = ui.label("").classes("soft").props('role="status"')
        self.lost = ui.label(text("conversation.lost")).classes("lost")
        self.lost.set_visibility(False)
        self.column = ui.column().style("width: 100%; gap: 10px")

    async def refresh(self) -> None:
        try:
            async with ToldPlainly(led=True):
                self.show(await self.desk.api.queue())
            self.lost.set_visibility(False)
        except ApiError:
            self.lost.set_visibility(True)

    def show(self, items: list[Waiting]) -> None:
        now = clock.now()
        fresh = [(item, clock.minutes_between(item.since, now)) for item in items]
        if fresh == self.shown:
            return
        self.shown = fresh
        self.count.set_text(text("queue.count", count=sum(i.status == "waiting" for i in items)))
        self.column.clear()
        with self.column:
            for item, minutes in fresh:
                self.entry(item, minutes)
            if not items:
                ui.label(text("queue.empty")).classes("soft")

    def entry(self, item: Waiting, minutes: int) -> None:
        risk = word("risk", item.risk)
        with ui.row().classes(f"waiting risk-{item.risk}" if risk else "waiting"):
            with ui.column().classes("what"):
                with ui.row().style("gap: 4px 10px; align-items: center"):
                    if risk:
                        ui.label(risk).classes("badge risk")
                    ui.label(word("reason", item.reason)).classes("badge")
                    if item.sealed:
                        ui.label(text("queue.sealed")).classes("badge")
                    ui.label(waited(minutes))
                    ui.label(item.site).classes("soft")
                said(item)
            if item.status == "waiting":
                accept = ui.button(text("queue.accept"), on_click=lambda: self.accept(item))
                accept.props("unelevated no-caps")
            else:
                whose = text("queue.mine") if item.mine else word("status", item.status)
                ui.label(whose).classes("badge status")
                ui.link(text("queue.open"), f"/conversations/{item.conversation}")

    async def accept(self, item: Waiting) -> None:
        async with ToldPlainly():
            await self.desk.api.accept(item.conversation)
            ui.navigate.to(f"/conversations/{item.conversation}")
        await self.refresh()


def said(item: Waiting) -> None:
    """The words that made a person necessary, and where they stand in the conversation."""
    if item.text:
        ui.label(item.text).classes("words")
    if item.seq:
        ui.label(text("queue.said", seq=item.seq)).classes("soft")


def waited(minutes: int) -> str:
    return text("queue.waited", minutes=minutes) if minutes else text("queue.waited_new")
