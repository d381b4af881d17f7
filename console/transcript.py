"""A conversation as the desk shows it: message by message, each once."""

from nicegui import ui

from console import clock
from console.api import Api
from console.session import text, word
from console.values import File, Message, Transcript

PAGE = 200  # messages the api gives at a time


class TranscriptView:
    def __init__(self, *, live: bool = False) -> None:
        self.last = 0
        self.column = ui.column().classes("transcript live" if live else "transcript")
        self.column.props(f'role="log" aria-label="{text("case.transcript")}"')

    async def catch_up(self, api: Api, conversation: str) -> Transcript:
        """Shows what is new, however much it is; answers with the last page read."""
        while True:
            page = await api.messages(conversation, self.last)
            fresh = [message for message in page.items if message.seq > self.last]
            self.add(conversation, fresh)
            if len(page.items) < PAGE or not fresh:
                return page

    def add(self, conversation: str, messages: list[Message]) -> None:
        today = clock.now()
        with self.column:
            for message in messages:
                with ui.column().classes(f"said {message.sender}").props(f"id=m{message.seq}"):
                    about = (f"#{message.seq}", word("sender", message.sender))
                    ui.label(" ".join((*about, clock.hour(message.at, today)))).classes("meta")
                    ui.label(message.text).classes("words")
                    if message.file is not None:
                        show_file(f"/files/{conversation}/{message.file.id}", message.file)
                self.last = message.seq

    def scroll_to_end(self) -> None:
        box = f"getHtmlElement({self.column.id})"
        ui.run_javascript(f"{box}.scrollTop = {box}.scrollHeight")


def show_file(address: str, file: File) -> None:
    """A photo as a thumbnail; the file itself comes as a download."""
    name = text("case.picture" if file.is_picture else "case.document")
    if file.is_picture:
        ui.element("img").props(f'src="{address}/thumbnail" alt="{name}"').classes("thumbnail")
    ui.link(text("case.download", what=name), address).props("download")
