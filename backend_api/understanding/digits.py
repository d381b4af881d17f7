"""Runs of digits: telephone numbers, identity cards and bank cards, written or spoken."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from stdnum import luhn
from stdnum.cn import ric

from backend_api.understanding.analysis import IdCard, Phone, Pii

_SPOKEN = {"幺": "1", "洞": "0", "拐": "7", "勾": "9", "〇": "0", "零": "0", "两": "2"}
_SPOKEN |= {char: str(value) for value, char in enumerate("零一二三四五六七八九")}
DIGIT = r"[0-9幺洞拐勾〇零两一二三四五六七八九]"
_RUN = re.compile(rf"\+?{DIGIT}(?:[ \-—–.·_]{{0,2}}{DIGIT}){{6,39}}(?:[ ]?[xX*](?![A-Za-z]))?")
_WRITTEN = re.compile(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])")
_MOBILE = re.compile(r"(?:86|0086)?(1[3-9]\d{9})")
_LANDLINE = re.compile(r"(?:86)?(0\d{9,11})")
_SERVICE = re.compile(r"([48]00\d{7})")
_SHORT_LANDLINE = re.compile(r"([2-8]\d{6,7})")
_BIRTH = re.compile(r"[1-9]\d{5}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dX]")
_OLD_CARD = re.compile(r"[1-9]\d{5}\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}")
_CARD_WORDS = ("身份证", "证件号", "证件", "身份号")
_BANK_WORDS = ("卡号", "银行卡", "账号", "帐号", "账户", "储蓄卡", "建行", "工行", "农行")
_PHONE_WORDS = ("电话", "座机", "手机", "联系", "拨打", "热线", "tel", "Tel", "TEL", "固话")
_LOOK_BACK = 10


@dataclass(frozen=True, slots=True)
class Numbers:
    """What the digit runs of one text are."""

    phones: tuple[Phone, ...]
    idcards: tuple[IdCard, ...]
    pii: tuple[Pii, ...]


@dataclass(frozen=True, slots=True)
class _Run:
    start: int
    end: int
    value: str
    before: str


def find_numbers(text: str) -> Numbers:
    """Phones (mobile, landline, service), identity cards and the spans to mask."""
    phones: list[Phone] = []
    idcards: list[IdCard] = []
    pii: list[Pii] = []
    for run in _runs(text):
        if card := _idcard(run, text):
            idcards.append(card)
            pii.append(Pii(card.start, card.end, "idcard"))
        elif _is_bankcard(run):
            pii.append(Pii(run.start, run.end, "bankcard"))
        elif found := _phones(run, text):
            phones += found
            pii += [Pii(one.start, one.end, "phone") for one in found if one.kind != "service"]
    return Numbers(tuple(phones), tuple(idcards), tuple(pii))


def _runs(text: str) -> Iterator[_Run]:
    for match in _RUN.finditer(text):
        yield _run(text, match.start(), match.end())


def _run(text: str, start: int, end: int) -> _Run:
    return _Run(start, end, digits_of(text[start:end]), text[max(0, start - _LOOK_BACK) : start])


def digits_of(text: str) -> str:
    """幺三八 0013-8000 as 13800138000."""
    value = "".join(_SPOKEN.get(char, char) for char in text)
    return re.sub(r"[^0-9xX*]", "", value).upper()


def _idcard(run: _Run, text: str) -> IdCard | None:
    named = any(word in run.before for word in _CARD_WORDS)
    value = run.value.replace("*", "X")
    shaped = _BIRTH.fullmatch(value) or (named and _OLD_CARD.fullmatch(value))
    if not shaped and not (named and 15 <= len(value) <= 19):
        return None
    return IdCard(run.start, run.end, text[run.start : run.end], value, ric.is_valid(value))


def _is_bankcard(run: _Run) -> bool:
    if any(word in run.before for word in _BANK_WORDS) and 12 <= len(run.value) <= 21:
        return True
    return 16 <= len(run.value) <= 19 and run.value.isdigit() and luhn.is_valid(run.value)


def _phones(run: _Run, text: str) -> list[Phone]:
    if one := _phone(run, text):
        return [one]
    return _several(run, text)


def _phone(run: _Run, text: str) -> Phone | None:
    named = any(word in run.before for word in _PHONE_WORDS)
    patterns = [(_MOBILE, "mobile"), (_SERVICE, "service")]
    if named or "-" in text[run.start : run.end] or run.value[:3] in _AREA_CODES:
        patterns.append((_LANDLINE, "landline"))
    if named:
        patterns.append((_SHORT_LANDLINE, "landline"))
    for pattern, kind in patterns:
        if match := pattern.fullmatch(run.value):
            return Phone(run.start, run.end, text[run.start : run.end], match[1], kind)
    return None


_AREA_CODES = frozenset(["010", *(f"02{digit}" for digit in "012345789")])


def _several(run: _Run, text: str) -> list[Phone]:
    """Two numbers separated by a blank only (13800138000 13900139000), or one inside a run."""
    found: list[Phone] = []
    for part in re.finditer(rf"{DIGIT}{{7,}}", text[run.start : run.end]):
        piece = _run(text, run.start + part.start(), run.start + part.end())
        if one := _phone(piece, text) or _behind_numeral(piece, text):
            found.append(one)
    return found


def _behind_numeral(piece: _Run, text: str) -> Phone | None:
    """张三13800138000: a name that ends in a numeral stands before the number."""
    match = _WRITTEN.search(text, piece.start, piece.end)
    return _phone(_run(text, *match.span()), text) if match else None
