"""Numbers as people write and say them: 三千五, 1.2万, 8k, 两万多, 好几万, 三五千, 80来万.

The rules are our own: the libraries miss 三千五 and 两千二 (docs/reference/understanding.md).
"""

import re
from dataclasses import dataclass

_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")}
_DIGITS |= {"〇": 0, "两": 2, "俩": 2, "仨": 3, "壹": 1, "贰": 2, "叁": 3, "肆": 4, "伍": 5}
_DIGITS |= {"陆": 6, "柒": 7, "捌": 8, "玖": 9, "幺": 1}
_UNITS = {"十": 10, "百": 100, "千": 1000, "拾": 10, "佰": 100, "仟": 1000, "廿": 20, "卅": 30}
_SCALES = {"万": 10_000, "亿": 100_000_000, "w": 10_000, "W": 10_000, "k": 1000, "K": 1000}
_ONES = "一二两三四五六七八九"
_HAN = "零〇一二两俩仨三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟廿卅"

ARABIC = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
LEADS = "不到|将近|接近|差不多|大概|大约|约|至少|起码|最少|最多|顶多|不超过|超过|(?<![附最将])近"
QUANTITY = (
    rf"(?:(?P<lead>{LEADS})(?:有|是)?)?"
    r"(?:(?P<odd>百八十|万儿?八千|[百千万]儿?把|成百上千|成千上万)"
    r"|(?P<vague>好几|几|数|上|过)(?P<vague_scale>[十百千万亿]+)"
    rf"|(?P<pair>(?:十?[{_ONES}][{_ONES}](?=[十百千万亿个名位户块毛])|十[{_ONES}][{_ONES}]))(?P<pair_scale>[十百千万亿]*)"
    rf"|(?P<number>(?:{ARABIC})(?:[十百千万亿][{_HAN}\d]*)?|[{_HAN}]+)"
    r"(?P<middle>[多来余几])?(?P<scale>[十百千万亿]{1,2}|[kKwW](?![A-Za-z]))?)"
    r"(?P<tail>多|余|来(?=[块元个名位户])|左右|上下|以上|以下|出头)?"
)
_FINDER = re.compile(QUANTITY)
_TOKEN = re.compile(rf"{ARABIC}|.")


@dataclass(frozen=True, slots=True)
class Range:
    """What a quantity may be; an open end is None."""

    min: float | None
    max: float | None

    def times(self, factor: float) -> "Range":
        return Range(
            None if self.min is None else round(self.min * factor, 2),
            None if self.max is None else round(self.max * factor, 2),
        )


def number(text: str) -> float | None:
    """The value of one plain numeral: 二十三万六 → 236000, 1.2万 → 12000, 二零二五 → 2025.

    None when it is none. A digit after a unit counts in tenths of it (三千五 → 3500) unless 零
    stands between.
    """
    if not text:
        return None
    if all(char in _DIGITS for char in text):
        return float("".join(str(_DIGITS[char]) for char in text))
    return _mixed(_TOKEN.findall(text))


def _mixed(tokens: list[str]) -> float | None:
    total = section = 0.0
    pending: float | None = None
    last_unit, zero = 1.0, False
    for token in tokens:
        if token in _SCALES:
            scale = _SCALES[token]
            section = (section + (pending or 0.0)) or 1.0
            total, section = (
                (total + section) * scale if scale > total > 0 else (total + section * scale),
                0.0,
            )
            pending, last_unit, zero = None, float(scale), False
        elif token in _UNITS:
            unit = _UNITS[token]
            section += unit * (1.0 if pending is None else pending)
            pending, last_unit, zero = None, float(unit), False
        elif token in _DIGITS:
            zero = zero or _DIGITS[token] == 0
            pending = float(_DIGITS[token])
        else:
            plain = token.replace(",", "")
            if not plain.replace(".", "", 1).isdigit() or not plain.isascii():
                return None
            pending = float(plain)
    if pending is None:
        return total + section
    short = last_unit >= 100 and pending < 10 and not zero
    return total + section + (pending * last_unit / 10 if short else pending)


def find(text: str, at: int = 0) -> "re.Match[str] | None":
    """The quantity that begins exactly at `at`."""
    return _FINDER.match(text, at)


def quantity(match: "re.Match[str]") -> Range | None:
    """The range a match of QUANTITY stands for; None when it is no number after all."""
    value = _core(match)
    if value is None:
        return None
    return _bounded(value, match["lead"] or "", match["tail"] or "")


def _core(match: "re.Match[str]") -> Range | None:
    if match["odd"]:
        return _odd(match["odd"])
    if match["vague"]:
        return _vague(match["vague"], match["vague_scale"])
    if match["pair"]:
        return _pair(match["pair"], match["pair_scale"])
    value = number(match["number"])
    if value is None:
        return None
    return _stretched(value, match["number"], match["middle"] or "", match["scale"] or "")


def _odd(text: str) -> Range:
    if text.startswith("成"):
        return Range(1000.0, None) if "千" in text[:2] else Range(100.0, None)
    if text == "百八十":
        return Range(80.0, 200.0)
    if "八千" in text:
        return Range(8000.0, 11_000.0)
    unit = _scale(text[0])
    return Range(unit * 0.9, unit * 1.2)


def _vague(word: str, scale: str) -> Range:
    unit = _scale(scale)
    if word in ("上", "过"):
        return Range(unit, None)
    return Range(unit * 3, unit * 9)


def _pair(text: str, scale: str) -> Range:
    """三五千, 两三万, 七八十, 十七八."""
    tens = 10 if text.startswith("十") else 0
    low, high = (_DIGITS[char] for char in text[-2:])
    unit = _scale(scale)
    return Range((tens + min(low, high)) * unit, (tens + max(low, high)) * unit)


def _stretched(value: float, text: str, middle: str, scale: str) -> Range:
    """两万多 is 20000 to 30000, 80来万 is about 800000, 十几万 is 110000 to 190000."""
    unit = _scale(scale)
    step = _step(value, text)
    if middle == "来":
        return Range(value * 0.9 * unit, value * 1.1 * unit)
    if middle == "几":
        return Range((value + step / 10) * unit, (value + step * 0.9) * unit)
    if middle:
        return Range(value * unit, (value + step) * unit)
    return Range(value * unit, value * unit)


def _step(value: float, text: str) -> float:
    """The size of the last digit that was said: 1000 for 三千 and 15000, 10 for 二十."""
    if text[-1] in _SCALES or text[-1] in _UNITS:
        return float(_SCALES.get(text[-1]) or _UNITS[text[-1]])
    whole, step = int(value), 1
    while whole and whole % 10 == 0:
        whole, step = whole // 10, step * 10
    return float(step)


def _bounded(value: Range, lead: str, tail: str) -> Range:
    if value.min is None:
        return value
    high = value.max
    bounds: dict[str, Range] = {
        **dict.fromkeys(("多", "余", "出头", "来"), Range(value.min, (high or value.min) * 1.2)),
        **dict.fromkeys(("以上", "至少", "起码", "最少", "超过"), Range(value.min, None)),
        **dict.fromkeys(("以下", "最多", "顶多", "不超过"), Range(None, high)),
        **dict.fromkeys(("不到", "将近", "接近", "近"), Range(value.min * 0.8, high)),
    }
    about = Range(value.min * 0.9, None if high is None else high * 1.1)
    return bounds.get(tail) or bounds.get(lead) or (about if tail or lead else value)


def _scale(text: str) -> float:
    value = 1.0
    for char in text:
        value *= _UNITS.get(char) or _SCALES[char]
    return value
