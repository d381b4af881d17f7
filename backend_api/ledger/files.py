"""The two kinds of file a ledger is written as, row by row: nothing is kept but the last rows.

CSV: RFC 4180 with the byte order mark by which Excel and WPS know UTF-8. XLSX: ECMA-376 with
strings inside the cells, so that no table of strings grows; no temporary file, since what stands
on a disk is sealed.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from typing import IO, Protocol
from xml.sax.saxutils import escape, quoteattr

from backend_api.ledger.rules import Form, harmless
from backend_api.ledger.words import sheet_name

MARK = b"\xef\xbb\xbf"
# Excel's limits: 1,048,576 rows a sheet and 32,767 characters a cell. A sheet ends before 2 GiB:
# what is longer needs an extension of ZIP that not every program reads in a stream.
SHEET_ROWS, CELL_CHARACTERS = 1_000_000, 32_767
SHEET_BYTES = 1_900_000_000
# Beyond level 2 zlib takes twice the time for a few per cent.
LEVEL = 2
NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# Excel reads _x0041_ as the letter A: the underscore is written in that way itself.
LIKE_AN_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
MEDIA_TYPES = {
    Form.CSV: "text/csv; charset=utf-8",
    Form.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
Row = Sequence[str]
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_FONT = '<sz val="11"/><name val="宋体"/>'
# Excel counts on the first two fills being these.
_STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}">'
    f'<fonts count="2"><font>{_FONT}</font><font><b/>{_FONT}</font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>"
)
_BEGINNING = (
    f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    '</sheetView></sheetViews><cols><col min="1" max="64" width="18" customWidth="1"/></cols>'
    "<sheetData>"
)


class File(Protocol):
    """Each call answers the bytes that are finished by then."""

    def begin(self) -> bytes: ...

    def add(self, rows: Iterable[Row]) -> bytes: ...

    def end(self) -> bytes: ...


def file_of(form: Form, header: Row) -> File:
    return Csv(header) if form is Form.CSV else Xlsx(header)


class Csv:
    def __init__(self, header: Row) -> None:
        self._header = header

    def begin(self) -> bytes:
        return MARK + self.add([self._header])

    def add(self, rows: Iterable[Row]) -> bytes:
        out = io.StringIO(newline="")
        csv.writer(out).writerows([harmless(cell) for cell in row] for row in rows)
        return out.getvalue().encode("utf-8", "replace").replace(b"\x00", b"")

    def end(self) -> bytes:
        return b""


class Xlsx:
    def __init__(self, header: Row) -> None:
        self._header, self._columns = header, [_letters(at) for at in range(len(header))]
        self._pipe = _Pipe()
        self._zip = zipfile.ZipFile(self._pipe, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL)
        self._sheets, self._rows, self._bytes = 0, 0, 0
        self._sheet: IO[bytes] | None = None

    def begin(self) -> bytes:
        self._open_sheet()
        return self._pipe.taken()

    def add(self, rows: Iterable[Row]) -> bytes:
        for row in rows:
            if self._rows > SHEET_ROWS or self._bytes > SHEET_BYTES:
                self._close_sheet()
                self._open_sheet()
            self._write_row(row)
        return self._pipe.taken()

    def end(self) -> bytes:
        self._close_sheet()
        for name, content in _parts(self._sheets).items():
            self._zip.writestr(name, content)
        self._zip.close()
        return self._pipe.taken()

    def _open_sheet(self) -> None:
        self._sheets, self._rows, self._bytes = self._sheets + 1, 0, 0
        self._sheet = self._zip.open(f"xl/worksheets/sheet{self._sheets}.xml", "w")
        self._write(_BEGINNING)
        self._write_row(self._header, style=' s="1"')

    def _close_sheet(self) -> None:
        self._write("</sheetData></worksheet>")
        if self._sheet is not None:
            self._sheet.close()

    def _write_row(self, row: Row, style: str = "") -> None:
        self._rows += 1
        cells = "".join(
            f'<c r="{column}{self._rows}"{style} t="inlineStr">'
            f'<is><t xml:space="preserve">{_cell(value)}</t></is></c>'
            for column, value in zip(self._columns, row, strict=True)
            if value
        )
        self._write(f'<row r="{self._rows}">{cells}</row>')

    def _write(self, xml: str) -> None:
        content = xml.encode()
        self._bytes += len(content)
        if self._sheet is not None:
            self._sheet.write(content)


class _Pipe(io.RawIOBase):
    """What the archive writes waits here until it is taken."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, content: "bytes | bytearray | memoryview") -> int:  # type: ignore[override]
        self._waiting += content
        return len(content)

    def taken(self) -> bytes:
        content = bytes(self._waiting)
        self._waiting.clear()
        return content


def _cell(value: str) -> str:
    text = NOT_XML.sub("", harmless(value)).replace("\r", "")
    if len(text) > CELL_CHARACTERS:
        text = text[: CELL_CHARACTERS - 1] + "…"
    return escape(LIKE_AN_ESCAPE.sub("_x005F_", text))


def _letters(column: int) -> str:
    """0 → A, 25 → Z, 26 → AA."""
    before, last = divmod(column, 26)
    return (_letters(before - 1) if before else "") + chr(ord("A") + last)


def _parts(sheets: int) -> dict[str, str]:
    """Everything of a workbook but its sheets."""
    numbers = range(1, sheets + 1)
    names = "".join(
        f'<sheet name={quoteattr(sheet_name(at))} sheetId="{at}" r:id="rId{at}"/>' for at in numbers
    )
    links = "".join(
        f'<Relationship Id="rId{at}" Type="{_LINKS}/worksheet" Target="worksheets/sheet{at}.xml"/>'
        for at in numbers
    )
    kinds = "".join(
        f'<Override PartName="/xl/worksheets/sheet{at}.xml" ContentType="{_KIND}.worksheet+xml"/>'
        for at in numbers
    )
    return {
        "xl/workbook.xml": f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_LINKS}">'
        f"<sheets>{names}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
        f'{links}<Relationship Id="styles" Type="{_LINKS}/styles" Target="styles.xml"/>'
        "</Relationships>",
        "xl/styles.xml": _STYLES,
        "_rels/.rels": f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship '
        f'Id="book" Type="{_LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "[Content_Types].xml": f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_KIND}.styles+xml"/>'
        f"{kinds}</Types>",
    }
