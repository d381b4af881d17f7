"""Three kinds of paper a poster is drawn on. Millimetres from the upper left corner."""

from html import escape
from io import BytesIO
from typing import Protocol

from fpdf import FPDF
from PIL import Image, ImageDraw, ImageFont

from backend_api.sites.faces import Face

DOTS_PER_INCH = 300
PER_MILLIMETRE = DOTS_PER_INCH / 25.4
POINTS_PER_MILLIMETRE = 72 / 25.4
FAMILY = "chinese"


class Canvas(Protocol):
    def box(self, left: float, top: float, width: float, height: float, *, colour: str) -> None: ...

    def words(self, text: str, x: float, y: float, *, size: float, colour: str) -> None:
        """One line of text; (x, y) is where its base line begins."""

    def finished(self) -> bytes: ...


class Pdf:
    """Text that can be searched and read aloud; the glyphs that are used are embedded."""

    def __init__(self, width: float, height: float, face: Face, title: str) -> None:
        self._paper = FPDF(unit="mm", format=(width, height))
        self._paper.set_title(title)
        self._paper.set_lang("zh-CN")
        self._paper.set_auto_page_break(False)
        self._paper.add_page()
        self._paper.add_font(FAMILY, fname=face.file)

    def box(self, left: float, top: float, width: float, height: float, *, colour: str) -> None:
        self._paper.set_fill_color(colour)
        self._paper.rect(left, top, width, height, style="F")

    def words(self, text: str, x: float, y: float, *, size: float, colour: str) -> None:
        self._paper.set_font(FAMILY, size=size * POINTS_PER_MILLIMETRE)
        self._paper.set_text_color(colour)
        self._paper.text(x, y, text)

    def finished(self) -> bytes:
        return bytes(self._paper.output())


class Png:
    """For screens and for printers that take pictures only."""

    def __init__(self, width: float, height: float, face: Face) -> None:
        self._face = face
        pixels = (round(width * PER_MILLIMETRE), round(height * PER_MILLIMETRE))
        self._picture = Image.new("RGB", pixels, "#ffffff")
        self._pen = ImageDraw.Draw(self._picture)

    def box(self, left: float, top: float, width: float, height: float, *, colour: str) -> None:
        # Neighbours share an edge: both are rounded from the same number.
        edges = [round(one * PER_MILLIMETRE) for one in (left, top, left + width, top + height)]
        self._pen.rectangle((edges[0], edges[1], edges[2] - 1, edges[3] - 1), fill=colour)

    def words(self, text: str, x: float, y: float, *, size: float, colour: str) -> None:
        font = ImageFont.truetype(self._face.file, size * PER_MILLIMETRE)
        at = (x * PER_MILLIMETRE, y * PER_MILLIMETRE)
        self._pen.text(at, text, fill=colour, font=font, anchor="ls")

    def finished(self) -> bytes:
        out = BytesIO()
        self._picture.save(out, "PNG", dpi=(DOTS_PER_INCH, DOTS_PER_INCH))
        return out.getvalue()


class Svg:
    """Letters are outlines: it looks the same where no Chinese font is installed."""

    def __init__(self, width: float, height: float, face: Face, title: str) -> None:
        self._face = face
        size = f'width="{width}mm" height="{height}mm" viewBox="0 0 {width} {height}"'
        self._parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" lang="zh-CN">',
            f"<title>{escape(title)}</title>",
        ]
        self.box(0, 0, width, height, colour="#ffffff")

    def box(self, left: float, top: float, width: float, height: float, *, colour: str) -> None:
        place = f'x="{left:.3f}" y="{top:.3f}" width="{width:.3f}" height="{height:.3f}"'
        self._parts.append(f'<rect {place} fill="{colour}" shape-rendering="crispEdges"/>')

    def words(self, text: str, x: float, y: float, *, size: float, colour: str) -> None:
        outline = self._face.outline(text, x, y, size)
        self._parts.append(f'<path fill="{colour}" d="{outline}"/>')

    def finished(self) -> bytes:
        return "\n".join([*self._parts, "</svg>\n"]).encode()
