"""The typeface of posters: its measures, and its letters as outlines.

Noto Sans SC (SIL Open Font License 1.1), from a package that holds the font file and nothing else.
"""

from functools import cache
from pathlib import Path

import pylopdf_fonts_zh_cn
from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont


class Face:
    def __init__(self, file: Path) -> None:
        self.file = file
        font = TTFont(file, lazy=True)
        self._glyphs, self._names = font.getGlyphSet(), font.getBestCmap()
        self._advances, self._em = font["hmtx"], font["head"].unitsPerEm

    def width(self, text: str, size: float) -> float:
        """In the unit of `size`, the height of the em square."""
        units: int = sum(self._advances[self._name(sign)][0] for sign in text)
        em: int = self._em
        return units * size / em

    def outline(self, text: str, x: float, y: float, size: float) -> str:
        """The letters as an SVG path, the base line beginning at (x, y)."""
        scale, pen = size / self._em, SVGPathPen(self._glyphs, ntos="{:.4g}".format)
        for sign in text:
            name = self._name(sign)
            self._glyphs[name].draw(TransformPen(pen, (scale, 0, 0, -scale, x, y)))
            x += self._advances[name][0] * scale
        return str(pen.getCommands())

    def _name(self, sign: str) -> str:
        return str(self._names.get(ord(sign), ".notdef"))


@cache
def chinese() -> Face:
    return Face(pylopdf_fonts_zh_cn.sans_path())
