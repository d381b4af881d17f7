"""The poster that hangs at a site: laid out once, drawn on any canvas."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

import segno
import yaml

from backend_api.sites.canvases import Canvas, Pdf, Png, Svg
from backend_api.sites.faces import Face, chinese

INK, SOFT, BAND, ON_BAND, ALARM = "#1d1d1d", "#4a4a4a", "#12524b", "#ffffff", "#a3161a"
# A4; A5 is the same, smaller by the square root of two.
WIDTH, HEIGHT, MARGIN = 210.0, 297.0, 15.0
INNER = WIDTH - 2 * MARGIN
# Quiet zone in modules (ISO/IEC 18004), and how much of the code may be dirty: a quarter.
QUIET, CORRECTION = 4, "q"
LARGEST_CODE = 104.0
# Where the lines to call begin, and what stands between them and the code.
CALLS, BELOW_CODE = 231.0, 57.0
# Lines break before none of these, and never after an opening mark.
NOT_FIRST = "，。、；：？！…”’）》】,.;:?!)"


class Size(StrEnum):
    A4 = "A4"
    A5 = "A5"


class Form(StrEnum):
    PNG = "png"
    SVG = "svg"
    PDF = "pdf"


MEDIA_TYPES = {Form.PNG: "image/png", Form.SVG: "image/svg+xml", Form.PDF: "application/pdf"}
SCALES = {Size.A4: 1.0, Size.A5: 148.0 / 210.0}
SHEETS = {Size.A4: (210.0, 297.0), Size.A5: (148.0, 210.0)}


@dataclass(frozen=True, slots=True)
class Place:
    """What is printed of a site; `address` is the page's, whole."""

    name: str
    place: str
    address: str


@dataclass(frozen=True, slots=True)
class _Line:
    number: str
    what: str


@dataclass(frozen=True, slots=True)
class _Texts:
    title: str
    lead: str
    steps: tuple[str, ...]
    note: str
    by_hand: str
    lines_title: str
    urgent: tuple[_Line, ...]
    others: tuple[_Line, ...]


@cache
def texts() -> _Texts:
    loaded = yaml.safe_load(Path(__file__).with_name("poster.yml").read_text(encoding="utf-8"))
    for key in ("urgent", "others"):
        loaded[key] = tuple(_Line(**one) for one in loaded[key])
    loaded["steps"] = tuple(loaded["steps"])
    return _Texts(**loaded)


def poster(place: Place, *, size: Size, form: Form) -> bytes:
    """The finished file. Takes about a second: never on the event loop."""
    face, (width, height) = chinese(), SHEETS[size]
    canvas: Canvas
    match form:
        case Form.PDF:
            canvas = Pdf(width, height, face, texts().title)
        case Form.PNG:
            canvas = Png(width, height, face)
        case Form.SVG:
            canvas = Svg(width, height, face, texts().title)
    _Sheet(canvas, face, SCALES[size]).draw(place, texts())
    return canvas.finished()


class _Sheet:
    """Draws from the top to the bottom, in millimetres of an A4 sheet."""

    def __init__(self, canvas: Canvas, face: Face, scale: float) -> None:
        self._canvas, self._face, self._scale = canvas, face, scale

    def draw(self, place: Place, said: _Texts) -> None:
        self._box(0, 0, WIDTH, 46, BAND)
        self._centred(said.title, 25, 16.0, ON_BAND)
        self._centred(said.lead, 38, 6.4, ON_BAND)
        bottom = self._site(place, 59)
        end = self._code(place.address, bottom, min(LARGEST_CODE, CALLS - BELOW_CODE - bottom))
        self._centred(said.by_hand.format(address=place.address), end + 3, 4.6, SOFT)
        for at, step in enumerate(said.steps):
            self._step(at + 1, step, end + 16 + 11.5 * at)
        self._centred(said.note, end + 50, 5.2, SOFT)
        # Beyond the edge: A5 is a hair higher than A4 made smaller.
        self._box(0, CALLS, WIDTH, HEIGHT - CALLS + 5, ALARM)
        self._centred(said.lines_title, CALLS + 12, 8.0, ON_BAND)
        self._calls(said.urgent, CALLS + 33, number=17.0, what=8.0)
        self._calls(said.others, CALLS + 49, number=8.0, what=4.4, below=True)

    def _site(self, place: Place, top: float) -> float:
        """Name and place; answers where they end."""
        y = top
        for text, size in ((place.name, 9.0), (place.place, 5.6)):
            for line in _broken(text, self._face, size, most=2):
                self._centred(line, y, size, INK)
                y += size * 1.3
        return y - 8.0

    def _code(self, address: str, top: float, wide: float) -> float:
        """In the middle; answers where it ends."""
        modules = segno.make(address, error=CORRECTION, micro=False)
        rows = tuple(modules.matrix_iter(border=QUIET))
        side, left = wide / len(rows), (WIDTH - wide) / 2
        for y, row in enumerate(rows):
            for start, end in _runs(row):
                self._box(left + start * side, top + y * side, (end - start) * side, side, INK)
        return top + wide

    def _step(self, number: int, text: str, y: float) -> None:
        self._box(MARGIN + 6, y - 6.8, 9, 9, BAND)
        digit = str(number)
        at = MARGIN + 10.5 - self._face.width(digit, 6.5) / 2
        self._words(digit, at, y + 0.1, 6.5, ON_BAND)
        self._words(text, MARGIN + 19, y, self._fitting(text, 7.0, INNER - 22), INK)

    def _calls(
        self,
        calls: Sequence[_Line],
        y: float,
        *,
        number: float,
        what: float,
        below: bool = False,
    ) -> None:
        """Side by side; what a number is for stands beside or below it."""
        column = INNER / len(calls)
        for at, one in enumerate(calls):
            middle = MARGIN + column * (at + 0.5)
            wide = self._face.width(one.number, number)
            if below:
                self._words(one.number, middle - wide / 2, y, number, ON_BAND)
                small = self._fitting(one.what, what, column - 2)
                left = middle - self._face.width(one.what, small) / 2
                self._words(one.what, left, y + what * 1.6, small, ON_BAND)
                continue
            left = middle - (wide + 2 + self._face.width(one.what, what)) / 2
            self._words(one.number, left, y, number, ON_BAND)
            self._words(one.what, left + wide + 2, y, what, ON_BAND)

    def _centred(self, text: str, y: float, size: float, colour: str) -> None:
        size = self._fitting(text, size, INNER)
        self._words(text, (WIDTH - self._face.width(text, size)) / 2, y, size, colour)

    def _fitting(self, text: str, size: float, width: float) -> float:
        """As large as wanted where there is room."""
        return min(size, size * width / max(self._face.width(text, size), 1.0))

    def _words(self, text: str, x: float, y: float, size: float, colour: str) -> None:
        scale = self._scale
        self._canvas.words(text, x * scale, y * scale, size=size * scale, colour=colour)

    def _box(self, left: float, top: float, width: float, height: float, colour: str) -> None:
        scale = self._scale
        self._canvas.box(left * scale, top * scale, width * scale, height * scale, colour=colour)


def _runs(row: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Where dark modules lie beside each other: (first, after the last)."""
    start: int | None = None
    for at, module in enumerate((*row, 0)):
        if module and start is None:
            start = at
        elif not module and start is not None:
            yield start, at
            start = None


def _broken(text: str, face: Face, size: float, *, most: int) -> list[str]:
    """Lines that fit; the last of `most` lines takes what is left and is made smaller."""
    lines: list[str] = []
    while text and len(lines) < most - 1 and face.width(text, size) > INNER:
        end = next(n for n in range(len(text), 0, -1) if face.width(text[:n], size) <= INNER)
        while end > 1 and text[end : end + 1] in NOT_FIRST:
            end -= 1
        lines.append(text[:end])
        text = text[end:]
    return [*lines, text] if text else lines
