"""When it happened: dates, vague times and ranges, resolved against the time of the message.

Complaints speak of the past, so a date without a year is the latest one that is not after `now`.
Durations (干了四十六天) are no times.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from backend_api.understanding.analysis import Time
from backend_api.understanding.calendar import HOLIDAYS, Calendar
from backend_api.understanding.numerals import number

_HAN = "零〇一二三四五六七八九十"
_N = rf"(?:\d{{1,2}}|[{_HAN}廿卅两]{{1,3}})"
_YEAR = (
    rf"(?P<year>(?:(?<![\d.])(?:19|20)\d\d|(?<![\d.])[012]\d|[一二][零〇九][{_HAN}]{{2}}"
    rf"|[零〇一二][{_HAN}])年(?![级龄限纪薪费轻之多来])(?:的|度)?"
    r"|(?:今|去|前|大前|明|后|本|当|上|同)年(?!级|头|轻|人|事|度|纪|底薪)(?:的)?)"
)
_SEASON = (
    r"(?P<season>年初|年底|年末|年中|年尾|年头|岁末|开年后?|底(?![薪层下盘线气子商])|初(?!中"
    r"|[一二三四五六七八九十]|次|步|期|衷|级|始|审)|末(?!尾)"
    r"|上半年|下半年|[一二三四1-4]季度|第[一二三四]季度"
    r"|开春|春天|春季|夏天|夏季|秋天|秋季|冬天|冬季|入冬|入夏|入秋|暑假|寒假|暑期|腊月|冬月"
    r"|正月)(?:的时候|那会儿?|以后|之后|后|前|里|间|期间|开始)?"
)
_MONTH = (
    rf"(?P<month>(?:{_N})月份?(?![租供租金卡票饼嫂光亮季台])|(?:上上|上|这|本|下"
    rf"|当)个?月份?(?!球))(?:的)?"
)
_MPART = r"(?P<mpart>初(?!中)|上旬|中旬|中下旬|下旬|月?中(?![午旬秋心间国])|月?底|月?末|尾)"
_DAY = (
    r"(?P<day>(?:农历|阴历)?(?:(?:\d{1,2}"
    rf"|[{_HAN}廿]{{1,3}})[号日](?![楼栋院房线店门桥厂井车机仓馆地坑码常用报文令公字])|初[{_HAN}]))"
)
_LUNAR = (
    rf"(?P<lunar>(?:农历|阴历|旧历)(?P<lmonth>正月|冬月|腊月|[{_HAN}]{{1,2}}月)?(?P<lday>初[{_HAN}]"
    rf"|[{_HAN}廿]{{1,3}}(?:号|日)?)?|(?P<lmonth2>正月|冬月|腊月)(?P<lday2>初[{_HAN}]|[{_HAN}廿]{{2,3}})"
    rf"|大年初(?P<newyear>[{_HAN}]))"
)
_NEAR = (
    r"(?P<near>大前[天晚日]|前[天日晚](?!台)|昨[天日晚夜早]|今[天日晚早儿](?!后)|当[天晚日]"
    r"|明[天晚早]|后天|大后天)"
    r"|(?P<week>(?:上上个?|上个?|这个?|本|下个?|每)?(?:星期|礼拜"
    r"|周)(?P<weekday>[一二三四五六日天末]|[1-6])(?![年岁个名到期次])|(?:上上个?|上个?|这个?|本"
    r"|下个?)(?:星期|礼拜|周)(?!边))"
)
_PART = (
    r"(?P<part>凌晨|清晨|早晨|早上|一大早|大清早|上午|中午|午间|下午|傍晚|晚上|晚间|夜里|夜间"
    r"|半夜三更|大半夜|半夜|深夜|午夜|夜晚|晚)"
)
_CLOCK = (
    rf"(?P<clock>(?P<hour>{_N})[点時时](?!钟?[头的]?工|候|间|段|代|常|评|[儿个]?[小时]"
    rf"|[上下]班)(?:钟|整)?(?P<minute>半|一刻|三刻|[{_HAN}\d]{{1,3}}分)?(?:钟)?(?:多|左右|钟|前后"
    rf"|许|来钟)?"
    r"|(?<!\d)(?P<hh>[01]?\d|2[0-4])[:：](?P<mm>[0-5]\d)(?!\d))"
)
_NUMERIC = (
    r"(?<![\d./\-])(?P<y4>(?:19|20)\d\d)[-/.](?P<m2>1[0-2]|0?[1-9])(?:[-/.](?P<d2>3[01]|[12]\d"
    r"|0?[1-9]))?(?![\d])"
    r"|(?<![\d./\-第])(?P<m3>1[0-2]|0?[1-9])[./](?P<d3>3[01]|[12]\d"
    r"|0?[1-9])(?![\d./%万元块米倍级折分平亩米吨])(?=号|日|那|晚|当|早|[，,。 ]|我|上|下|在|的)"
)
_HOLIDAY = (
    rf"(?P<holiday>(?<![一-龥]第)(?:{'|'.join(sorted(HOLIDAYS, key=len, reverse=True))}"
    rf"|(?<![\d.])6\.18|(?<!\d)618(?!\d)))(?<!(?:之|百|万))"
    r"(?:节|假期|长假|小长假|黄金周|放假|当天|那天|期间|那会儿?)*(?P<side>以?前夕?|之前|以?后"
    r"|之后)?"
)
_COUNT = rf"(?:\d{{1,3}}|[{_HAN}两几]{{1,3}}|半|好几|十几|多)"
_AGO = (
    rf"(?P<ago>(?:大概|大约|差不多)?(?P<amount>{_COUNT})(?:个)?(?P<more>多|来)?(?:个)?(?P<unit>年|月"
    rf"|星期|礼拜|周|天|日|小时|钟头|分钟)(?P<half>半|多)?"
    r"(?:以前|之前|前(?!台|后|期|任|面|排|妻|夫)))"
    r"|(?P<last>(?:最近|近|这|过去)(?P<amount2>一|两|二|三|四|五|六|七|八|十|半|几|好几"
    r"|\d{1,2})(?P<unit2>个?多?月|年(?!级)|个?星期|个?礼拜|周|天)(?:多|来|以来|里|内)?)"
    r"|(?P<recent>前几天|前些天|前两天|前阵子?|前段时间|前一阵子?|前些日子|这几天|这两天|这阵子"
    r"|最近|近期|近来|近日|日前|前些时候|刚刚|刚才|不久前|前几个月|前几年|前些年|早几年|这些年"
    r"|这几年|近年来?|这半年|年前(?![\u4e00-\u9fff]?后))"
)
_NOW = r"(?P<now>现在|至今|目前|如今|迄今|到今天|今)"

_FIRSTS = (
    f"(?=[\\d{_HAN}廿卅两今去前大明后本当上同年岁开底初末下第春夏秋冬入暑寒腊正这周星礼每农阴昨凌清"
    "早中午傍晚夜半深双国清劳端元过除小重七平圣情妇教儿好差最近现目如迄至刚不日过几多农阴大年])"
)
_DATE = re.compile(
    _FIRSTS + rf"(?:{_NUMERIC}|(?:{_NEAR})"
    rf"|(?:{_YEAR}\s?)?(?:{_SEASON}\s?)?(?:{_MONTH}\s?)?(?:{_MPART}\s?)?(?:{_DAY}\s?)?)"
    + rf"(?:的?那?天?{_PART})?(?:{_CLOCK})?"
)
_NAMED = re.compile(_FIRSTS + rf"(?:{_YEAR})?(?:的)?{_HOLIDAY}(?:{_PART})?(?:{_CLOCK})?")
_FOLK = re.compile(_FIRSTS + rf"(?:{_YEAR})?{_LUNAR}")
_RELATIVE = re.compile(_FIRSTS + rf"(?:{_AGO})")
_LINK = re.compile(r"\s?(?:开始)?一?(?:直到|到|至|-|—|–|~|～)+\s?")
_TO_NOW = re.compile(rf"\s?(?:开始|起|以来)?[，,]?\s?(?:一?直?到|至|截止到?|直到)?{_NOW}")

_PARTS = {
    "凌晨": (0, 5), "清晨": (5, 7), "早晨": (6, 8), "早上": (6, 9), "一大早": (5, 8),
    "大清早": (5, 7), "上午": (8, 11), "中午": (11, 13), "午间": (11, 13), "下午": (12, 17),
    "傍晚": (17, 19), "晚上": (18, 23), "晚间": (18, 23), "夜里": (20, 23), "夜间": (20, 23),
    "半夜": (0, 5), "半夜三更": (0, 5), "大半夜": (0, 5), "深夜": (22, 23), "午夜": (23, 23),
    "夜晚": (18, 23), "晚": (18, 23),
}  # fmt: skip
_SEASONS = {
    "年初": (1, 2), "年头": (1, 2), "初": (1, 2), "开年": (1, 2), "开年后": (2, 3), "年中": (6, 7),
    "年底": (12, 12), "年末": (12, 12), "年尾": (12, 12), "岁末": (12, 12), "底": (12, 12),
    "末": (12, 12), "上半年": (1, 6), "下半年": (7, 12), "开春": (2, 3), "春天": (3, 5),
    "春季": (3, 5), "夏天": (6, 8), "夏季": (6, 8), "入夏": (6, 6), "秋天": (9, 11),
    "秋季": (9, 11), "入秋": (9, 9), "冬天": (12, 12), "冬季": (12, 12), "入冬": (11, 12),
    "暑假": (7, 8), "暑期": (7, 8), "寒假": (1, 2),
}  # fmt: skip
_LUNAR_MONTHS = {"腊月": 12, "冬月": 11, "正月": 1}
_NEAR_DAYS = {"大前": -3, "前": -2, "昨": -1, "今": 0, "当": 0, "明": 1, "后": 2, "大后": 3}
_FUZZY_DAYS = {
    "前几天": 7, "前些天": 10, "前两天": 3, "这几天": 5, "这两天": 2, "刚刚": 0, "刚才": 0,
    "前阵": 60, "前阵子": 60, "前段时间": 60, "前一阵": 60, "前一阵子": 60, "前些日子": 30,
    "这阵子": 30,
    "最近": 30, "近期": 30, "近来": 30, "近日": 10, "日前": 10, "前些时候": 60, "不久前": 60,
    "前几个月": 180, "前几年": 1825, "前些年": 1825, "早几年": 1825, "这些年": 1825,
    "这几年": 1825, "近年": 1825, "近年来": 1825, "这半年": 183,
}  # fmt: skip
_WEEKDAYS = {char: index for index, char in enumerate("一二三四五六日")} | {"天": 6, "末": 5}
_WEEKDAYS |= {str(index + 1): index for index in range(6)}


@dataclass(frozen=True, slots=True)
class _Moment:
    """An inclusive stretch of time and how finely it was said."""

    begin: datetime
    until: datetime
    precision: str


def find_times(text: str, now: datetime, calendar: Calendar) -> tuple[Time, ...]:
    """Times in the order of the text; 去年12月到今年3月 and 从去年底到现在 are one each."""
    found = sorted(_candidates(text, now, calendar), key=lambda one: (one.start, -one.end))
    kept: list[Time] = []
    for item in found:
        if not kept or item.start >= kept[-1].end:
            kept.append(item)
    return tuple(_linked(text, now, kept))


def _candidates(text: str, now: datetime, calendar: Calendar) -> Iterator[Time]:
    readers: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], _Moment | None]], ...] = (
        (_NAMED, lambda match: _holiday(match, now, calendar)),
        (_RELATIVE, lambda match: _relative(match, now, calendar)),
        (_FOLK, lambda match: _folk(match, now, calendar)),
        (_DATE, lambda match: _date(match, now, calendar)),
    )
    for pattern, read in readers:
        for match in pattern.finditer(text):
            if not match.group().strip() or not _is_time(text, match):
                continue
            if clock := _bare_clock(match):
                yield Time(match.start(), match.end(), match.group(), clock, clock, "hour")
            elif moment := _read(read, match):
                yield _time(match, moment)


def _read(read: Callable[[re.Match[str]], _Moment | None], match: re.Match[str]) -> _Moment | None:
    """Impossible dates (2月31日, year 0) are no times."""
    try:
        return read(match)
    except (ValueError, OverflowError):
        return None


def _is_time(text: str, match: re.Match[str]) -> bool:
    groups = match.groupdict()
    said = {name for name, value in groups.items() if value}
    alone = said - {"hour", "minute", "weekday"}
    if alone <= {"mpart"} or (alone == {"season"} and match.group() in ("底", "初", "末")):
        return False
    if alone == {"part"} and match.group() in (
        "晚",
        "凌晨",
        "半夜",
        "夜里",
        "晚上",
        "早上",
        "中午",
        "下午",
        "上午",
        "夜间",
        "深夜",
        "大半夜",
        "傍晚",
        "晚间",
        "早晨",
        "清晨",
    ):
        return False
    if alone == {"clock"} and not groups.get("hh") and _is_share(text, match):
        return False
    return not (alone == {"holiday"} and _is_other_word(text, match))


def _is_share(text: str, match: re.Match[str]) -> bool:
    """一点 and 几点 as an amount (便宜一点, 有一点, 两点意见), not on the clock."""
    after = text[match.end() : match.end() + 1]
    return (
        match.group() in ("一点", "二点", "三点", "十一点", "两点")
        and after not in ("钟", "多", "半")
    ) or (
        text[max(0, match.start() - 1) : match.start()]
        in ("第", "有", "这", "那", "以", "下", "早", "差")
    )


def _is_other_word(text: str, match: re.Match[str]) -> bool:
    """十一 and 五一 are numbers unless something festive follows."""
    if match["holiday"] not in ("十一", "五一", "六一", "八一", "七一", "三八", "三一五"):
        return False
    before = text[max(0, match.start() - 1) : match.start()]
    after = text[match.end() : match.end() + 1]
    number_like = rf"[\d{_HAN}百千万第点.]"
    if re.match(number_like, before) or re.match(
        rf"[{_HAN}百千万个点月日号天年岁名人户栋楼层元块平公广路街大中]", after
    ):
        return True
    return match.group() == match["holiday"] and not re.match(
        r"[，,。、 我放的在回去到这那]|$", after
    )


def _bare_clock(match: re.Match[str]) -> str:
    groups = match.groupdict()
    dated = (
        "year",
        "season",
        "month",
        "day",
        "near",
        "week",
        "y4",
        "m3",
        "holiday",
        "ago",
        "last",
        "recent",
    )
    if not groups.get("clock") or any(groups.get(name) for name in dated):
        return ""
    hour, minute = _clock(groups)
    return f"T{hour:02d}:{minute:02d}" if hour <= 24 else ""


def _date(match: re.Match[str], now: datetime, calendar: Calendar) -> _Moment | None:
    groups = match.groupdict()
    day: _Moment | None
    if groups["y4"]:
        day = _numeric(groups)
    elif groups["m3"]:
        day = _past_day(int(groups["m3"]), int(groups["d3"]), now)
    elif groups["near"]:
        day = _days(_near(groups["near"], now.date()))
    elif groups["week"]:
        day = _week(groups["week"], groups["weekday"], now.date())
    else:
        day = _calendar_day(groups, now, calendar)
    return _with_clock(day, groups) if day else None


def _days(first: date, last: date | None = None, precision: str = "day") -> _Moment:
    return _Moment(_at(first), _at(last or first), precision)


def _at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001 -- a citizen's local time


def _numeric(groups: dict[str, str]) -> _Moment:
    year, month = int(groups["y4"]), int(groups["m2"])
    if groups["d2"]:
        return _days(date(year, month, int(groups["d2"])))
    return _days(date(year, month, 1), None, "month")


def _near(word: str, today: date) -> date:
    return today + timedelta(days=_NEAR_DAYS[re.sub(r"[天日晚夜早儿]$", "", word)])


def _week(word: str, weekday: str | None, today: date) -> _Moment | None:
    if word.startswith("每"):
        return None
    monday = today - timedelta(days=today.weekday())
    shift = (
        -2 if word.startswith("上上") else -1 if word.startswith("上") else word.startswith("下")
    )
    monday += timedelta(weeks=int(shift))
    if not weekday:
        return _days(monday, monday + timedelta(days=6))
    day = monday + timedelta(days=_WEEKDAYS[weekday])
    if day > today and not word.startswith(("这", "本", "下")):
        day -= timedelta(weeks=1)
    return _days(day, day + timedelta(days=1)) if weekday == "末" else _days(day)


def _calendar_day(groups: dict[str, str], now: datetime, calendar: Calendar) -> _Moment | None:
    year = _year(groups["year"] or "", now)
    season = re.sub(
        r"(?:的时候|那会儿?|以后|之后|后|前|里|间|期间|开始)$", "", groups["season"] or ""
    )
    if season in _LUNAR_MONTHS or (groups["day"] or "").startswith(("农", "阴", "初")):
        return _lunar(groups, season, year, now, calendar)
    if groups["month"]:
        return _month(groups, year, now)
    if groups["day"]:
        return _day_alone(groups["day"], now)
    if season:
        return _season(season, year, now)
    return _days(date(year, 1, 1), None, "year") if year else None


def _year(word: str, now: datetime) -> int | None:
    if not word:
        return None
    word = re.sub(r"(?:年)?(?:的|度)?$", "", word)
    relative = {
        "今": 0,
        "本": 0,
        "当": 0,
        "同": 0,
        "去": -1,
        "上": -1,
        "前": -2,
        "大前": -3,
        "明": 1,
        "后": 2,
    }
    if word in relative:
        return now.year + relative[word]
    value = number(word)
    if value is None:
        return None
    return int(value) if value >= 1000 else 2000 + int(value)


def _month(groups: dict[str, str], year: int | None, now: datetime) -> _Moment | None:
    found = _which_month(groups["month"], year, groups["day"], now)
    if found is None:
        return None
    year, month = found
    if groups["day"]:
        return _days(date(year, month, _number(groups["day"])))
    first = date(year, month, 1)
    if groups["mpart"]:
        return _month_part(groups["mpart"], first)
    return _days(first, None, "month")


def _which_month(
    word: str, year: int | None, day: str | None, now: datetime
) -> tuple[int, int] | None:
    relative = {"上上": -2, "上": -1, "这": 0, "本": 0, "当": 0, "下": 1}
    bare = re.sub(r"个?月份?(?:的)?$", "", word)
    if bare in relative:
        months = now.year * 12 + now.month - 1 + relative[bare]
        return months // 12, months % 12 + 1
    month = _number(bare)
    if not 1 <= month <= 12:
        return None
    if year is None:
        later = (month, _number(day) if day else 0) > (now.month, now.day if day else 99)
        year = now.year - 1 if later else now.year
        year = year - 1 if month > now.month and year == now.year else year
    return year, month


def _month_part(word: str, first: date) -> _Moment:
    last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    bounds = {"初": (1, 10), "上旬": (1, 10), "中旬": (11, 20), "中": (11, 20), "月中": (11, 20)}
    low, high = bounds.get(word, (21, last.day))
    return _days(first.replace(day=low), first.replace(day=high), "part_of_month")


def _number(text: str) -> int:
    value = number(re.sub(r"[号日月份农历阴初]", "", text))
    return int(value or 0)


def _day_alone(word: str, now: datetime) -> _Moment | None:
    """15号: of this month, or of the last one when that day has not come."""
    day = _number(word)
    if not 1 <= day <= 31:
        return None
    return _past_day(now.month, day, now, months=1)


def _past_day(month: int, day: int, now: datetime, months: int = 12) -> _Moment:
    found = date(now.year, month, day)
    if found > now.date():
        count = now.year * 12 + month - 1 - months
        found = date(count // 12, count % 12 + 1, day)
    return _days(found)


def _lunar(
    groups: dict[str, str], season: str, year: int | None, now: datetime, calendar: Calendar
) -> _Moment | None:
    """Lunar months and days; without a year the latest that is not after now."""
    month = _LUNAR_MONTHS.get(season) or (_number(groups["month"] or "") if groups["month"] else 1)
    if not 1 <= month <= 12:
        return None
    day = _number(groups["day"]) if groups["day"] else 0
    years = [year] if year else [now.year, now.year - 1, now.year - 2]
    for candidate in years:
        first = calendar.lunar(candidate, month, day or 1)
        if first and (year or first <= now.date()):
            return _days(first) if day else _days(first, first + timedelta(days=28))
    return None


def _folk(match: re.Match[str], now: datetime, calendar: Calendar) -> _Moment | None:
    """农历八月十五, 正月初六, 大年初三: the latest that is not after now."""
    groups = match.groupdict()
    names = groups["lmonth"] or groups["lmonth2"] or ""
    month = 1 if groups["newyear"] else _LUNAR_MONTHS.get(names) or _number(names)
    day = _number(groups["newyear"] or groups["lday"] or groups["lday2"] or "")
    if not 1 <= month <= 12 or day > 30:
        return None
    year = _year(groups["year"] or "", now)
    for candidate in [year] if year else [now.year, now.year - 1, now.year - 2]:
        first = calendar.lunar(candidate, month, day or 1)
        if first and (year or first <= now.date()):
            return _days(first) if day else _days(first, first + timedelta(days=28))
    return None


def _season(word: str, year: int | None, now: datetime) -> _Moment | None:
    if "季度" in word:
        quarter = _number(word.replace("第", "").replace("季度", ""))
        low, high = quarter * 3 - 2, quarter * 3
    elif word in _SEASONS:
        low, high = _SEASONS[word]
    else:
        return None
    if year is None:
        year = now.year - 1 if low > now.month else now.year
    return _Moment(_at(date(year, low, 1)), _at(date(year, high, 1)), "month")


def _holiday(match: re.Match[str], now: datetime, calendar: Calendar) -> _Moment | None:
    groups = match.groupdict()
    name = {"6.18": "六一八", "618": "六一八"}.get(groups["holiday"], groups["holiday"])
    year = _year(groups["year"] or "", now)
    for candidate in [year] if year else [now.year, now.year - 1]:
        days = calendar.holiday(name, candidate)
        if days and (year or days[0] <= now.date()):
            return _with_clock(_beside(days, groups["side"] or ""), groups)
    return None


def _beside(days: tuple[date, date], side: str) -> _Moment:
    if "前" in side:
        return _days(days[0] - timedelta(days=14), days[0] - timedelta(days=1))
    if "后" in side:
        return _days(days[1], days[1] + timedelta(days=14))
    return _days(*days)


def _relative(match: re.Match[str], now: datetime, calendar: Calendar) -> _Moment | None:
    groups = match.groupdict()
    if groups["recent"] == "年前":
        return _holiday_before(now, calendar)
    if groups["recent"]:
        days = _FUZZY_DAYS[groups["recent"]]
        precision = "year" if days > 700 else "month" if days > 30 else "day"
        return _Moment(now - timedelta(days=days), now, precision)
    if groups["last"]:
        return _last(groups["amount2"], groups["unit2"], now)
    return _ago(groups, now)


def _holiday_before(now: datetime, calendar: Calendar) -> _Moment | None:
    """年前: the weeks before the last Spring Festival."""
    for year in (now.year, now.year - 1):
        days = calendar.holiday("春节", year)
        if days and days[0] <= now.date():
            return _days(days[0] - timedelta(days=30), days[0] - timedelta(days=1))
    return None


_UNIT_DAYS = {"年": 365.25, "月": 30.44, "周": 7, "天": 1, "小时": 1 / 24, "分钟": 1 / 1440}


def _unit(word: str) -> str:
    bare = re.sub(r"[个多]", "", word)
    return {"星期": "周", "礼拜": "周", "日": "天", "钟头": "小时"}.get(bare, bare)


def _amount(word: str) -> float:
    return (
        {"半": 0.5, "几": 3.0, "好几": 4.0, "十几": 13.0, "多": 3.0}.get(word)
        or number(word)
        or 1.0
    )


def _last(amount: str, unit: str, now: datetime) -> _Moment:
    """这两年, 近三个月: from then to now."""
    name = _unit(unit)
    begin = _back(now, _amount(amount), name)
    return _Moment(
        begin,
        now,
        "year" if name == "年" and amount != "半" else "month" if name in ("月", "年") else "day",
    )


def _ago(groups: dict[str, str], now: datetime) -> _Moment | None:
    name = _unit(groups["unit"])
    amount = _amount(groups["amount"]) + (0.5 if groups["half"] == "半" else 0.0)
    moment = _back(now, amount, name)
    precision = {"年": "year", "月": "month", "小时": "hour", "分钟": "minute"}.get(name, "day")
    if name == "年" and amount != int(amount):
        precision = "month"
    return _Moment(moment, moment, precision)


def _back(now: datetime, amount: float, unit: str) -> datetime:
    if unit in ("年", "月"):
        months = now.year * 12 + now.month - 1 - round(amount * (12 if unit == "年" else 1))
        return now.replace(year=max(1, months // 12), month=months % 12 + 1, day=min(now.day, 28))
    return now - timedelta(days=amount * _UNIT_DAYS[unit])


def _with_clock(moment: _Moment, groups: dict[str, str]) -> _Moment:
    """The hour of a day; 昨晚 and 晚上 alone give a stretch of hours."""
    if groups.get("clock"):
        hour, minute = _clock(groups)
        if hour > 24 or moment.precision != "day":
            return moment
        begin = moment.begin + timedelta(hours=hour, minutes=minute)
        return _Moment(begin, begin, "minute" if minute else "hour")
    part = groups.get("part") or _part_of(groups.get("near") or "")
    if not part or moment.precision != "day":
        return moment
    low, high = _PARTS[part]
    return replace(
        moment,
        begin=moment.begin.replace(hour=low),
        until=moment.until.replace(hour=high),
        precision="hour",
    )


def _part_of(near: str) -> str:
    return {"晚": "晚上", "夜": "夜里", "早": "早上"}.get(near[-1:], "")


def _clock(groups: dict[str, str]) -> tuple[int, int]:
    if groups.get("hh"):
        return int(groups["hh"]), int(groups["mm"])
    hour = int(number(groups["hour"] or "") or 0)
    part = groups.get("part") or _part_of(groups.get("near") or "")
    evening = part in ("下午", "傍晚", "晚上", "晚间", "夜里", "夜间", "夜晚", "晚", "深夜")
    if (evening and 1 <= hour < 12 and (hour > 5 or part in ("下午", "傍晚"))) or (
        part == "中午" and hour < 3
    ):
        hour += 12
    return hour, _minute(groups.get("minute") or "")


def _minute(word: str) -> int:
    fixed = {"半": 30, "一刻": 15, "三刻": 45, "": 0}
    return fixed[word] if word in fixed else int(number(word.removesuffix("分")) or 0) % 60


def _time(match: re.Match[str], moment: _Moment) -> Time:
    text = match.group().rstrip().removesuffix("的")
    return Time(
        match.start(),
        match.start() + len(text),
        text,
        _iso(moment.begin, moment.precision),
        _iso(moment.until, moment.precision),
        _shown(moment.precision),
    )


def _shown(precision: str) -> str:
    return "day" if precision == "part_of_month" else precision


def _iso(moment: datetime, precision: str) -> str:
    formats = {"year": "%Y", "month": "%Y-%m", "hour": "%Y-%m-%dT%H", "minute": "%Y-%m-%dT%H:%M"}
    return moment.strftime(formats.get(precision, "%Y-%m-%d"))


def _linked(text: str, now: datetime, found: list[Time]) -> Iterator[Time]:
    """Join `A 到 B` and `A 到现在`."""
    at = 0
    while at < len(found):
        item = found[at]
        at += 1
        if at < len(found) and _LINK.fullmatch(text, item.end, found[at].start):
            item = _join(text, item, found[at])
            at += 1
        elif match := _TO_NOW.match(text, item.end):
            item = replace(
                item,
                end=match.end(),
                text=text[item.start : match.end()],
                until=_iso(now, item.precision),
            )
        yield item


def _join(text: str, first: Time, last: Time) -> Time:
    """The later end counts in the first one's year unless it names its own."""
    begin = first.begin
    if last.begin < begin and first.precision == last.precision and begin[:4].isdigit():
        begin = f"{int(begin[:4]) - 1}{begin[4:]}"
    return Time(
        first.start, last.end, text[first.start : last.end], begin, last.until, last.precision
    )
