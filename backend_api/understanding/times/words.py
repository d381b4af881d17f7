"""The words of `data/words/times.yml` as tables and as the patterns that find times."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from backend_api.understanding.calendar import Calendar
from backend_api.understanding.numerals import number

HAN = "零〇一二三四五六七八九十"
_NUMBER = rf"(?:\d{{1,2}}|[{HAN}廿卅两]{{1,3}})"
_COUNT = rf"(?:\d{{1,3}}|[{HAN}两几]{{1,3}}|半|好几|十几|多)"
# No time begins with another character: most of a text is passed over by this look ahead.
_FIRSTS = (
    f"(?=[\\d{HAN}廿卅两今去前大明后本当上同年岁开底初末下第春夏秋冬入暑寒腊正这周星礼每农阴昨凌清"
    "早中午傍晚夜半深双国清劳端元过除小重七平圣情妇教儿好差最近现目如迄至刚不日过几多农阴大年])"
)
_HOLIDAY_ENDS = "节|假期|长假|小长假|黄金周|放假|当天|那天|期间|那会儿?"
_LUNAR = (
    rf"(?P<lunar>(?:农历|阴历|旧历)(?P<lmonth>正月|冬月|腊月|[{HAN}]{{1,2}}月)?(?P<lday>初[{HAN}]"
    rf"|[{HAN}廿]{{1,3}}(?:号|日)?)?|(?P<lmonth2>正月|冬月|腊月)(?P<lday2>初[{HAN}]|[{HAN}廿]{{2,3}})"
    rf"|大年初(?P<newyear>[{HAN}]))"
)


@dataclass(frozen=True, slots=True)
class TimeWords:
    """`dates`, `named` (holidays), `folk` (lunar) and `relative` find; the tables give values."""

    calendar: Calendar
    dates: re.Pattern[str]
    named: re.Pattern[str]
    folk: re.Pattern[str]
    relative: re.Pattern[str]
    to_now: re.Pattern[str]
    season_end: re.Pattern[str]
    parts: Mapping[str, tuple[int, int]]
    parts_alone: frozenset[str]
    afternoon: frozenset[str]
    evening: frozenset[str]
    part_of_near: Mapping[str, str]
    seasons: Mapping[str, tuple[int, int]]
    seasons_after_year: frozenset[str]
    lunar_months: Mapping[str, int]
    near_days: Mapping[str, int]
    near_years: Mapping[str, int]
    near_months: Mapping[str, int]
    weekdays: Mapping[str, int]
    month_parts: Mapping[str, tuple[int, int]]
    recent: Mapping[str, int]
    amounts: Mapping[str, float]
    holiday_numbers: frozenset[str]


def time_words(raw: Mapping[str, Any], calendar: Calendar) -> TimeWords:
    """Raises KeyError when a list is missing."""
    year, day_hour = _year(raw), rf"(?:的?那?天?{_part(raw)})?(?:{_clock(raw)})?"
    season_end = f"(?:{_any(raw['season_ends'])})"
    calendar_day = (
        rf"(?:{year}\s?)?(?:{_season(raw)}{season_end}?\s?)?(?:{_month(raw)}\s?)?"
        rf"(?:{_month_part(raw)}\s?)?(?:{_day(raw)}\s?)?"
    )
    words = f"(?:{_any(raw['now'])})"
    return TimeWords(
        calendar=calendar,
        dates=re.compile(
            rf"{_FIRSTS}(?:{_numeric(raw)}|(?:{_near(raw)})|{calendar_day}){day_hour}"
        ),
        named=re.compile(
            rf"{_FIRSTS}(?:{year})?(?:的)?{_holiday(raw)}(?:{_part(raw)})?(?:{_clock(raw)})?"
        ),
        folk=re.compile(rf"{_FIRSTS}(?:{year})?{_LUNAR}"),
        relative=re.compile(rf"{_FIRSTS}(?:{_ago(raw)}|{_recent(raw)})"),
        to_now=re.compile(
            rf"\s?(?:开始|起|以来)?[，,]?\s?(?:一?直?到|至|截止到?|直到)?(?P<now>{words})"
        ),
        season_end=re.compile(f"{season_end}$"),
        **_tables(raw),
    )


def _tables(raw: Mapping[str, Any]) -> dict[str, Any]:
    sets = ("parts_alone", "afternoon", "evening", "seasons_after_year", "holiday_numbers")
    spans = ("parts", "seasons", "month_parts")
    plain = (
        "part_of_near", "lunar_months", "near_days", "near_years", "near_months", "weekdays",
        "recent", "amounts",
    )  # fmt: skip
    return {
        **{name: frozenset(raw[name]) for name in sets},
        **{name: {word: tuple(ends) for word, ends in raw[name].items()} for name in spans},
        **{name: raw[name] for name in plain},
    }


def _any(words: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


def _year(raw: Mapping[str, Any]) -> str:
    never = raw["not_before"]
    return (
        rf"(?P<year>(?:(?<![\d.])(?:19|20)\d\d|(?<![\d.])[012]\d|[一二][零〇九][{HAN}]{{2}}"
        rf"|[零〇一二][{HAN}])年(?!{never['year']})(?:的|度)?"
        rf"|(?:{_any(raw['near_years'])})年(?!{never['near_year']})(?:的)?)"
    )


def _season(raw: Mapping[str, Any]) -> str:
    guarded = [
        f"{word}(?!{raw['not_before'][f'season_{word}']})" for word in raw["seasons_after_year"]
    ]
    alone = [
        *(word for word in raw["seasons"] if word not in raw["seasons_after_year"]),
        *raw["lunar_months"],
    ]
    quarters = r"[一二三四1-4]季度|第[一二三四]季度"
    return f"(?P<season>{_any(alone)}|{'|'.join(guarded)}|{quarters})"


def _month(raw: Mapping[str, Any]) -> str:
    never = raw["not_before"]["month"]
    return (
        rf"(?P<month>(?:{_NUMBER})月份?(?!{never})"
        rf"|(?:{_any(raw['near_months'])})个?月份?(?!球))(?:的)?"
    )


def _month_part(raw: Mapping[str, Any]) -> str:
    never = raw["not_before"]["mid_month"]
    return rf"(?P<mpart>初(?!中)|上旬|中旬|中下旬|下旬|月?中(?!{never})|月?底|月?末|尾)"


def _day(raw: Mapping[str, Any]) -> str:
    never = raw["not_before"]["day"]
    return rf"(?P<day>(?:农历|阴历)?(?:(?:\d{{1,2}}|[{HAN}廿]{{1,3}})[号日](?!{never})|初[{HAN}]))"


def _near(raw: Mapping[str, Any]) -> str:
    which = r"(?:上上个?|上个?|这个?|本|下个?|每)?"
    return (
        r"(?P<near>大前[天晚日]|前[天日晚](?!台)|昨[天日晚夜早]|今[天日晚早儿](?!后)|当[天晚日]"
        r"|明[天晚早]|后天|大后天)"
        rf"|(?P<week>{which}(?:星期|礼拜|周)(?P<weekday>[{''.join(raw['weekdays'])}])"
        rf"(?!{raw['not_before']['weekday']})"
        r"|(?:上上个?|上个?|这个?|本|下个?)(?:星期|礼拜|周)(?!边))"
    )


def _part(raw: Mapping[str, Any]) -> str:
    return f"(?P<part>{_any(raw['parts'])})"


def _clock(raw: Mapping[str, Any]) -> str:
    return (
        rf"(?P<clock>(?P<hour>{_NUMBER})[点時时](?!{raw['not_before']['hour']})(?:钟|整)?"
        rf"(?P<minute>半|一刻|三刻|[{HAN}\d]{{1,3}}分)?(?:钟)?(?:多|左右|钟|前后|许|来钟)?"
        r"|(?<!\d)(?P<hh>[01]?\d|2[0-4])[:：](?P<mm>[0-5]\d)(?!\d))"
    )


def _numeric(raw: Mapping[str, Any]) -> str:
    return (
        r"(?<![\d./\-])(?P<y4>(?:19|20)\d\d)[-/.](?P<m2>1[0-2]|0?[1-9])"
        r"(?:[-/.](?P<d2>3[01]|[12]\d|0?[1-9]))?(?![\d])"
        r"|(?<![\d./\-第])(?P<m3>1[0-2]|0?[1-9])[./](?P<d3>3[01]|[12]\d|0?[1-9])"
        rf"(?!{raw['not_before']['point_date']})"
        r"(?=号|日|那|晚|当|早|[，,。 ]|我|上|下|在|的)"
    )


def _holiday(raw: Mapping[str, Any]) -> str:
    names = _any([*raw["holidays"], *raw["lunar_holidays"]])
    return (
        rf"(?P<holiday>(?<![一-龥]第)(?<![今去前后明近每])(?:{names}|(?<![\d.])6\.18|(?<!\d)618(?!\d)))"
        rf"(?<!(?:之|百|万))(?:{_HOLIDAY_ENDS})*(?P<side>以?前夕?|之前|以?后|之后)?"
    )


def _ago(raw: Mapping[str, Any]) -> str:
    return (
        rf"(?P<ago>(?:大概|大约|差不多)?(?P<amount>{_COUNT})(?:个)?(?P<more>多|来)?(?:个)?"
        r"(?P<unit>年|月|星期|礼拜|周|天|日|小时|钟头|分钟)(?P<half>半|多)?"
        rf"(?:以前|之前|前(?!{raw['not_before']['ago']})))"
        r"|(?P<last>(?:最近|近|这|过去)(?P<amount2>一|两|二|三|四|五|六|七|八|十|半|几|好几|\d{1,2})"
        r"(?P<unit2>个?多?月|年(?!级)|个?星期|个?礼拜|周|天)(?:多|来|以来|里|内)?)"
    )


def _recent(raw: Mapping[str, Any]) -> str:
    return rf"(?P<recent>{_any(raw['recent'])}|年前(?![\u4e00-\u9fff]?后))"


def numeral(text: str) -> int:
    """15号, 三月, 初六 as a number; 0 when it is none."""
    return int(number(re.sub(r"[号日月份农历阴初]", "", text)) or 0)
