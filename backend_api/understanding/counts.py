"""How many people or households: 二十多个工友, 我们三十几户, 62名女工, 一栋楼的人."""

import re
from collections.abc import Iterator

from backend_api.understanding.analysis import Count
from backend_api.understanding.numerals import QUANTITY, Range, quantity

_PEOPLE = (
    "工友|工人|民工|农民工|女工|男工|员工|职工|同事|业主|居民|村民|家长|学生|孩子|小孩|娃娃?|儿童"
    "|老人家?|老年人|老乡|邻居"
    "|租户|租客|受害者|受害人|顾客|客户|消费者|司机|骑手|同学|病人|患者|群众|会员|学员|老师|教师"
    "|村里人|股东|家属|人员|人"
    "|姐妹|兄弟|女儿|儿子|学徒|保安|保洁|工匠|师傅|乘客|路人|买家|购房者|投资人|伤者|小朋友|大人"
    "|女的|男的"
)
_HOMES = "人家|住户|家庭|业主|居民|村民|农户|商户|商家|租户|店铺|店|铺面"
_SUFFIX = (
    rf"(?:(?P<people>(?:[个名位号](?:多|来)?(?:的)?(?:外地|本地|同村|一起的?)?(?:{_PEOPLE})"
    rf"|[名位](?![一-龥]置)|人(?![民工次均才行们])|"
    rf"口人|号人|(?:{_PEOPLE})))"
    rf"|(?P<homes>户(?:{_HOMES})?|家(?:{_HOMES})|个家庭))"
)
_COUNT = re.compile(QUANTITY + r"\s?" + _SUFFIX)
_FAMILY = re.compile(r"(?:一家|全家|家里?)(?P<number>[一二两三四五六七八九十\d]{1,2})口(?:人)?")
_CROWD = re.compile(
    r"(?:整|全|一整?|这|那|我们(?:整|这|一)?)(?P<body>栋楼?|幢楼?|座?楼|单元|个?小区|层楼?"
    r"|个?村子?|个?厂子?|个?班级?|个?工地|条街|个?社区|队)"
    r"(?:里|上)?的?(?:所有)?(?:人|住户|业主|居民|邻居|村民|工友|同学|家长|学生|老百姓|工人|员工"
    r"|住客)(?:们)?"
    r"|(?:整|全|一整)(?:栋楼?|幢楼?|座?楼|单元|个?小区|个?村子?|条街|个?社区)(?=都|全)"
)
_OF_US = re.compile(rf"我们(?:这|楼上|楼下|一共|总共|有)?{QUANTITY}家(?=都|全|也|一起)")
# Children and old people are the citizen's own, told to show how things are at home, unless they
# are somewhere together or something has befallen them: 三个孩子都在这里上学, 我们班三个孩子被打.
_KIN = re.compile(r"(?:孩子|小孩|娃娃?|女儿|儿子|老人家?|小朋友|姐妹|兄弟|女的|男的)$")
_OWN = (
    r"(?:我(?!们(?:班|校|学校|村|厂|单位|社区|小区))|俺|咱|家里?|老婆|媳妇|妻子|爱人"
    r"|老公|丈夫|老伴|爸妈|父母)"
)
_KEPT = r"(?:带着?|领着?|抱着?|拖着?|背着?|养着?|养活|养了|拉扯|照顾|供着?)"
_TOGETHER = re.compile(
    r"(?:班|校|学校|园|村|厂|小区|楼|单位|院|社区|机构|工地|镇|车上)[^，。,！!？?；;\n]{0,6}$"
)
_BEFALLEN = re.compile(
    r"[^，。,！!？?；;\n]{0,10}?(?:被|遭|受伤|中毒|生病|住院|死|摔|咬|拉肚子|过敏|确诊|失踪|晕|溺|受害|感染|发烧)"
)
# Who did it or was sent: 找了三个人打我, 来了两个师傅.
_SENT = re.compile(r"(?:找|派|来|叫|带|喊|雇|请|安排|出动|上门|被|遭|让)(?:了|来|过|着)?$")
_DOES = re.compile(r"[^，。,！!？?；;\n]{0,3}?(?:打(?!工)|砸|骂|堵|抢|追|威胁|围)(?:了?我|门|人)")
_WE_TWO = re.compile(r"(?:我|俺)(?:和|跟|与)[^，。,！!？?；;\n]{1,6}$")
_OWN_KIN = re.compile(
    rf"(?:{_OWN}[^，。,！!？?；;\n]{{0,8}}?(?:有|生了?|和|跟|与|加上?|同|的|{_KEPT})|{_OWN}|{_KEPT})"
    r"(?:我|还有|还|上有|下有|那|这|我那|剩下的?)?$"
)
_KIN_KEPT = re.compile(
    r"(?:都|还)?(?:要(?:养|上学|读书|吃饭|供)|等着(?:吃饭|交学费)|没人(?:带|照顾)|还小)"
)
_LOOK_BACK = 16
_ALONE = frozenset({"一", "1", "万一", "十一点"})


def find_counts(text: str) -> tuple[Count, ...]:
    """Counts of people or households; one alone (一个人) is not a count."""
    found = [*_families(text), *_homes_of_us(text), *_numbers(text), *_crowds(text)]
    kept: list[Count] = []
    for item in found:
        if not any(item.start < other.end and other.start < item.end for other in kept):
            kept.append(item)
    return tuple(sorted(kept, key=lambda one: one.start))


def _numbers(text: str) -> Iterator[Count]:
    at = 0
    while match := _COUNT.search(text, at):
        at = match.end()
        value = quantity(match)
        if value is None or match["number"] in _ALONE or _ordinal(text, match.start()):
            continue
        if _is_own_kin(text, match) or _is_nobody_affected(text, match):
            continue
        unit = "household" if match["homes"] else "person"
        yield _count(text, match.start(), match.end(), value, unit)


def _is_own_kin(text: str, match: re.Match[str]) -> bool:
    """The citizen's own family, told to show how things are at home."""
    if not _KIN.search(match.group()):
        return False
    before = text[max(0, match.start() - _LOOK_BACK) : match.start()]
    if _OWN_KIN.search(before) or _KIN_KEPT.match(text, match.end()):
        return True
    return not (_TOGETHER.search(before) or _BEFALLEN.match(text, match.end()))


def _is_nobody_affected(text: str, match: re.Match[str]) -> bool:
    before = text[max(0, match.start() - _LOOK_BACK) : match.start()]
    if match["homes"]:
        return before.endswith("梯")
    return bool(_SENT.search(before) or _WE_TWO.search(before) or _DOES.match(text, match.end()))


def _ordinal(text: str, start: int) -> bool:
    return text[max(0, start - 1) : start] in ("第", "每", "/", ".") and start > 0


def _families(text: str) -> Iterator[Count]:
    for match in _FAMILY.finditer(text):
        inner = re.compile(QUANTITY).fullmatch(match["number"])
        value = quantity(inner) if inner else None
        if value:
            yield _count(text, match.start(), match.end(), value, "person")


def _homes_of_us(text: str) -> Iterator[Count]:
    """我们三家都漏水."""
    for match in _OF_US.finditer(text):
        if value := quantity(match):
            yield _count(text, match.start("number"), match.end(), value, "household")


def _crowds(text: str) -> Iterator[Count]:
    """A whole building or village: more than a handful, nobody knows how many."""
    for match in _CROWD.finditer(text):
        yield _count(text, match.start(), match.end(), Range(10.0, None), "person")


def _count(text: str, start: int, end: int, value: Range, unit: str) -> Count:
    low = None if value.min is None else float(round(value.min))
    high = None if value.max is None else float(round(value.max))
    return Count(start, end, text[start:end], low, high, unit)
