"""What looks like a time and is none: 便宜一点, 五十一个人, 晚上很吵."""

import re

from backend_api.understanding.times.words import HAN, TimeWords

_ONE_POINT = ("一点", "二点", "三点", "十一点", "两点")
_POINTS = ("第", "有", "这", "那", "以", "下", "早", "差")
_NUMBER_BEFORE = re.compile(rf"[\d{HAN}百千万第点.]")
_NUMBER_AFTER = re.compile(rf"[{HAN}百千万个点月日号天年岁名人户栋楼层元块平公广路街大中]")
_AFTER_SEASON = ("工", "作业", "班")
_FESTIVE_AFTER = re.compile(r"[，,。、 我放的在回去到这那]|$")


def is_time(text: str, match: re.Match[str], words: TimeWords) -> bool:
    """Does a match of one of the patterns of `TimeWords` speak of a time?"""
    groups = match.groupdict()
    said = {name for name, value in groups.items() if value} - {"hour", "minute", "weekday"}
    if said <= {"mpart"} or (said == {"season"} and match.group() in words.seasons_after_year):
        return False
    if said == {"season"} and text.startswith(_AFTER_SEASON, match.end()):
        return False
    if said == {"part"} and match.group() in words.parts_alone:
        return False
    if said == {"clock"} and not groups.get("hh") and _is_share(text, match):
        return False
    return not (said == {"holiday"} and _is_number(text, match, words))


def _is_share(text: str, match: re.Match[str]) -> bool:
    """一点 and 几点 as an amount (便宜一点, 有一点, 两点意见), not on the clock."""
    if match.group() in _ONE_POINT and not text.startswith(("钟", "多", "半"), match.end()):
        return True
    return text[max(0, match.start() - 1) : match.start()] in _POINTS


def _is_number(text: str, match: re.Match[str], words: TimeWords) -> bool:
    """十一 and 五一 are numbers unless something festive follows."""
    if match["holiday"] not in words.holiday_numbers:
        return False
    if match.start() and _NUMBER_BEFORE.match(text, match.start() - 1):
        return True
    if _NUMBER_AFTER.match(text, match.end()):
        return True
    return match.group() == match["holiday"] and not _FESTIVE_AFTER.match(text, match.end())
