"""One live conversation: what is said, and, for the person who accepted it, the words back."""

from contextlib import suppress
from uuid import UUID, uuid4

from nicegui import ui

from console.api import ApiError
from console.frame import sheet, title
from console.session import Desk, text, word
from console.told import ToldPlainly
from console.transcript import TranscriptView

EVERY = 1.5  # seconds
TYPING_EVERY = 4.0  # seconds; the citizen's mark lasts twice as long
LIMIT = 4_000  # characters the api takes in one message


def register(desk: Desk) -> None:
    @ui.page("/conversations/{conversation}", response_timeout=20)
    async def conversation(conversation: str) -> None:
        with sheet(desk, text("conversation.heading"), here="queue"):
            view = ConversationView(desk, conversation)
        async with ToldPlainly():
            await view.catch_up()
        ui.timer(EVERY, view.refresh, immediate=False)


class ConversationView:
    def __init__(self, desk: Desk, conversation: str) -> None:
        self.desk = desk
        self.conversation = conversation
        self.message_id: UUID | None = None  # of words not yet taken by the api
        self.busy = False
        self.shown = ""  # the status on screen
        self.head()
        self.lost = ui.label(text("conversation.lost")).classes("lost")
        self.lost.set_visibility(False)
        with ui.column().classes("panel"):
            self.transcript = TranscriptView(live=True)
        self.desk_row()

    def head(self) -> None:
        with ui.row().classes("head"):
            title(text("conversation.heading"))
            self.status = ui.label("").classes("badge status")
            ui.space()
            self.accept_button = ui.button(text("conversation.accept"), on_click=self.accept)
            self.accept_button.props("unelevated no-caps")
            self.release_button = ui.button(text("conversation.release"), on_click=self.release)
            self.release_button.props("outline no-caps")
            ui.link(text("conversation.back"), "/queue")
        for button in (self.accept_button, self.release_button):
            button.set_visibility(False)

    def desk_row(self) -> None:
        self.note = ui.label(text("conversation.not_yours")).classes("soft")
        with ui.row().classes("panel").style("align-items: flex-end; flex-wrap: nowrap") as box:
            self.words = ui.textarea(text("conversation.reply")).style("flex: 1")
            hint = text("conversation.hint")
            self.words.props(f'outlined autogrow input-style="max-height: 9em" hint="{hint}"')
            self.words.on("keydown.ctrl.enter", self.send)
            self.words.on("update:model-value", self.show_typing, throttle=TYPING_EVERY)
            self.send_button = ui.button(text("conversation.send"), on_click=self.send)
            self.send_button.props("unelevated no-caps").style("margin-bottom: 20px")
        self.box = box
        box.set_visibility(False)

    async def catch_up(self) -> None:
        before = self.transcript.last
        page = await self.transcript.catch_up(self.desk.api, self.conversation)
        if page.status != self.shown:
            self.show_status(page.status, mine=await self.is_mine(page.status))
        if self.transcript.last > before:
            self.transcript.scroll_to_end()

    async def is_mine(self, status: str) -> bool:
        """Whether the person at this desk is the one who accepted it: the queue tells."""
        if status != "human":
            return False
        items = await self.desk.api.queue()
        return any(item.mine and item.conversation == self.conversation for item in items)

    def show_status(self, status: str, *, mine: bool) -> None:
        self.shown = status
        self.status.set_text(word("status", status))
        self.accept_button.set_visibility(status == "waiting")
        self.release_button.set_visibility(mine)
        self.box.set_visibility(mine)
        self.note.set_text(
            text("conversation.colleague" if status == "human" else "conversation.not_yours")
        )
        self.note.set_visibility(status == "waiting" or (status == "human" and not mine))

    async def refresh(self) -> None:
        if self.busy:
            return
        self.busy = True
        try:
            async with ToldPlainly(led=True):
                await self.catch_up()
            self.lost.set_visibility(False)
        except ApiError:
            self.lost.set_visibility(True)
        finally:
            self.busy = False

    async def accept(self) -> None:
        async with ToldPlainly():
            await self.desk.api.accept(self.conversation)
        await self.refresh()

    async def send(self) -> None:
        said = (self.words.value or "").strip()
        if not said:
            return
        if len(said) > LIMIT:
            ui.notify(text("conversation.too_long", limit=LIMIT), type="warning", position="top")
            return
        self.send_button.disable()
        async with ToldPlainly():
            await self.deliver(said)
        self.send_button.enable()

    async def show_typing(self) -> None:
        """A courtesy to who waits; the reply itself tells what fails."""
        with suppress(ApiError):
            await self.desk.api.typing(self.conversation)

    async def deliver(self, said: str) -> None:
        """The words leave the box only when the api has them; a second try carries the same id."""
        self.message_id = self.message_id or uuid4()
        await self.desk.api.reply(self.conversation, self.message_id, said)
        self.message_id = None
        self.words.set_value("")
        await self.refresh()

    async def release(self) -> None:
        if not await sure():
            return
        async with ToldPlainly():
            await self.desk.api.release(self.conversation)
            ui.notify(text("conversation.released"), type="positive", position="top")
        await self.refresh()


async def sure() -> bool:
    with ui.dialog() as dialog, ui.card():
        ui.label(text("conversation.release_ask"))
        with ui.row():
            yes = ui.button(text("conversation.release"), on_click=lambda: dialog.submit(True))
            yes.props("unelevated no-caps")
            no = ui.button(text("conversation.cancel"), on_click=lambda: dialog.submit(False))
            no.props("flat no-caps")
    return bool(await dialog)
