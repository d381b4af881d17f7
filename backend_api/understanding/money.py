"""Sums of money, from 5000元 to 好几万 and 两块五.

A number is money when a currency follows or ￥ stands before it, when it is a round colloquial
sum (三千五, 1.2万, 8k) that counts nothing else, or when a word of paying stands just before it.
"""

import re
from collections.abc import Iterator

from backend_api.understanding.analysis import Money
from backend_api.understanding.numerals import QUANTITY, Range, number, quantity

_CURRENCY = (
    r"(?:万?元钱?|块钱|块大洋|块(?!牌|地|砖|田|石|板|玻璃|空地|肉)|人民币|圆|RMB|rmb|蚊|大洋)"
)
_SMALL = r"(?:(?P<small>[\d一二两三四五六七八九])(?:毛钱?|角)?(?![\d十百千万个平点天]))?"
_COINS = re.compile(
    r"(?P<tens>[\d一二两三四五六七八九]{1,2})(?:毛钱|角钱|[毛角](?P<ones>[一二三四五六七八九](?!个|张|斤))?)"
)
_RANGE = re.compile(r"\s?[到至~～—–-]\s?[\d一二两三四五六七八九十.]{1,6}(?:[万千百kKwW]|元|块)")
_SUM = re.compile(
    rf"(?P<sign>[￥¥]\s?)?{QUANTITY}\s?(?:(?P<currency>{_CURRENCY})(?:(?<=块){_SMALL})?)?(?P<after>多|左右|以上|以内|上下)?"
)
_TO = re.compile(r"\s?(?:到|至|~|～|-|—|–|或者?)\s?")
_MEASURES = (
    "个名位口户家人次遍趟回场顿天日月年岁周级层楼栋幢座号室单元平米方亩里斤吨克升度瓦台辆只头条件套间扇张本份页字"
    "点分秒时小星期倍成股期路门道区队班栏组棵株根瓶盒箱袋包车趟回轮场届代公厘毫千瓦匹兆只顿篇封多"
)
_ROUND = re.compile(r"[百千万亿kKwW]")
_PAYING = re.compile(
    r"(?:金额|总额|数额|押金|定金|订金|首付款?|工资|工钱|薪资|底薪|月薪|日薪|房租|租金|学费|[一-龥]费|货款|借款"
    r"|贷款|房款|[欠还付赔补]款"
    r"|医药费|价格?|售价|标价|违约金|补偿金?|赔偿金?|抚养费|彩礼|奖金|罚款|钱|赔|补|花|交|收|欠"
    r"|付|转|给|罚|借|退|扣|骗"
    r"|报价|每个?月|一个?月|每月|月付|月供|一天|每天|一年|每年|每人|人均|一亩|每亩|每平方?米?"
    r"|总共|一共|共计|合计|总计|共"
    r"|涨到|涨至|降到|降至|只有|不到)"
    r"(?:[了过我他她们你您俺咱]{1,3}|大概|大约|差不多|改成|改为|应该是|就是|错了|是|为|要|才|就|只|又|另外|也|都|快|还|有|近"
    r"|将近|[:：]|\s){0,4}$"
)
_NOT_MONEY = re.compile(r"^\s?(?:平|[A-Za-z%％.\-/:：]|公里|千米|年|[月日号](?!\S*款))")
_INSIDE = re.compile(r"(?:[A-Za-z\d.第之:：/\-初十]|(?<!每)(?<!个)(?<!半)[年月周])$")
_LONG = 24


def find_money(text: str) -> tuple[Money, ...]:
    """Sums in the order of the text, in yuan; ranges (三千到五千) are one sum."""
    found: list[Money] = []
    for item in (*_sums(text), *_coins(text)):
        if not any(item.start < other.end and other.start < item.end for other in found):
            found.append(item)
    return _joined(text, sorted(found, key=lambda one: one.start))


def _sums(text: str) -> Iterator[Money]:
    at = 0
    while match := _SUM.search(text, at):
        at = match.end()
        if match["number"] and len(match["number"]) > _LONG:
            continue
        value = _value(text, match)
        if value is not None:
            start = match.start("sign") if match["sign"] else match.start()
            yield Money(start, match.end(), text[start : match.end()], value.min, value.max)


def _value(text: str, match: "re.Match[str]") -> Range | None:
    value = quantity(match)
    if value is None or not _is_money(text, match):
        return None
    factor = 10_000.0 if (match["currency"] or "").startswith("万") else 1.0
    if match["small"] and value.min is not None:
        tenth = (number(match["small"]) or 0.0) / 10
        return Range(round(value.min + tenth, 2), round(value.min + tenth, 2))
    return _after(value.times(factor), match["after"] or "")


def _after(value: Range, word: str) -> Range:
    if not word or value.min is None or value.max != value.min:
        return value
    if word == "多":
        return Range(value.min, round(value.min * 1.2, 2))
    if word == "以上":
        return Range(value.min, None)
    if word == "以内":
        return Range(None, value.max)
    return Range(round(value.min * 0.9, 2), round(value.min * 1.1, 2))


def _is_money(text: str, match: "re.Match[str]") -> bool:
    if match["currency"] or match["sign"]:
        return match.group() not in ("一块", "几块", "上块", "过块")
    if _part_of_a_word(text, match):
        return False
    if _RANGE.match(text, match.end()):
        return True
    after = text[match.end() : match.end() + 3]
    if (after[:1] in _MEASURES and after[:1]) or _NOT_MONEY.match(after):
        return False
    before = text[max(0, match.start() - 12) : match.start()]
    paid = bool(_PAYING.search(before))
    return (paid and _worth(match)) or _is_round(match)


def _part_of_a_word(text: str, match: "re.Match[str]") -> bool:
    before = text[max(0, match.start() - 6) : match.start()]
    return bool(_INSIDE.search(before)) or (
        match.group()
        in (
            "千万",
            "一万",
            "万一",
            "百",
            "千",
            "万",
            "亿",
            "一",
            "十",
            "百万",
            "一百",
            "一千",
        )
        and not _PAYING.search(text[max(0, match.start() - 12) : match.start()])
    )


def _worth(match: "re.Match[str]") -> bool:
    """After a word of paying: 押金4500, 每亩八百; one or two digits alone are too little."""
    if match["vague"] or match["odd"] or match["pair_scale"]:
        return True
    return bool(match["number"]) and (
        bool(_ROUND.search(match.group()))
        or bool(re.match(r"\d{2,8}(?:\.\d+)?$|\d{1,3}(,\d{3})+", match["number"]))
    )


def _is_round(match: "re.Match[str]") -> bool:
    """A colloquial sum without any word around it: 三千五, 1.2万, 8k, 六百多, 好几万, 三五千."""
    text = match.group()
    if "千千" in text or "万万" in text:
        return False
    if match["vague"]:
        return match["vague"] in ("好几", "几") and match["vague_scale"] in (
            "万",
            "千",
            "十万",
            "百万",
            "千万",
        )
    if match["odd"]:
        return "把" in text
    if match["pair_scale"]:
        return bool(_ROUND.search(match["pair_scale"]))
    return bool(_ROUND.search(text)) and text not in ("千万", "万一", "百万")


def _coins(text: str) -> Iterator[Money]:
    for match in _COINS.finditer(text):
        whole = (number(match["tens"]) or 0.0) / 10 + (number(match["ones"] or "零") or 0.0) / 100
        yield Money(match.start(), match.end(), match.group(), round(whole, 2), round(whole, 2))


def _joined(text: str, found: list[Money]) -> tuple[Money, ...]:
    joined: list[Money] = []
    for item in found:
        last = joined[-1] if joined else None
        if last and _TO.fullmatch(text, last.end, item.start):
            joined[-1] = _span(text, last, item)
        else:
            joined.append(item)
    return tuple(joined)


def _span(text: str, low: Money, high: Money) -> Money:
    least = low.min
    if least is not None and high.max and least < 100 and high.max >= 10_000:
        least *= 10_000  # 3到5万
    return Money(low.start, high.end, text[low.start : high.end], least, high.max)
