"""A scripted citizen: facts, a way of telling them, and what to say to what is asked.

All names, places and numbers are made up. Decisions are pure: a `random.Random` comes in.
"""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

MAX_MESSAGE = 9_500
ROADS = ("建设路", "人民路", "翠园路", "解放东路", "水贝二路", "民治大道", "东环二路", "育才街")
AREAS = ("阳光花园", "翠竹苑", "牛栏前村", "金湖小区", "东门菜市场", "鑫源五金厂", "和平新村")
DISTRICTS = ("罗湖区", "龙华区", "福田区", "城北区", "江宁区", "东湖区")
STREETS = ("翠竹街道", "民治街道", "东门街道", "城关镇", "新安街道")
SURNAMES, GIVEN = "王李张刘陈杨黄周吴徐", ("建国", "秀英", "伟", "丽华", "志强", "敏", "桂兰", "小军")
DEMANDS = (
    "尽快派人来处理", "把这件事彻底解决", "给我一个书面答复", "相关部门出面协调一下",
    "责任单位赔偿我的损失", "查清楚到底是谁的责任", "一个月内给个说法", "按规定依法办理",
)  # fmt: skip


class Style(StrEnum):
    """How a question is answered."""

    SHORT = "short"
    LONG = "long"
    TYPO = "typo"
    PIECES = "pieces"


class Opening(StrEnum):
    """Where the facts are told: when asked, with the story, or in a message right behind it."""

    ASKED = "asked"
    WITH_STORY = "with story"
    RIGHT_AFTER = "right after"
    GREETING = "greeting first"


SAYINGS: Mapping[str, tuple[str, ...]] = {
    "where": (
        "事情就发生在{0}。", "地点是{0}。", "我住在{0},就是我们这里。", "地址:{0}",
        "就在{0}。", "位置在{0}",
    ),
    "demand": (
        "我希望{0}。", "要求{0}。", "恳请领导{0}。", "我的诉求就是{0}。", "只求{0}!", "请求{0},谢谢",
    ),
    "contact": (
        "我的电话是{0}。", "联系电话:{0}", "打我手机{0}就行。", "有事联系我{0}", "电话{0}",
    ),
    "name": ("我叫{0}。", "本人{0}。", "联系人:{0}", "我姓名{0},"),
}  # fmt: skip
ANSWERS: Mapping[str, Mapping[Style, tuple[str, ...]]] = {
    "where": {
        Style.SHORT: ("{0}", "在{0}", "{0}附近"),
        Style.LONG: ("就在{0}那边,您一查就知道,我们这里的人都清楚", "是在{0},已经好几个月了都没人来看过"),
        Style.TYPO: ("{0}。。", "再{0}", "在在{0}"),
        Style.PIECES: ("我看一下|{0}", "就是|{0}", "在我们这边|{0}"),
    },
    "demand": {
        Style.SHORT: ("{0}", "希望{0}", "要求{0}"),
        Style.LONG: ("我们老百姓也没有别的要求,就是希望{0},不要再拖下去了", "说实话跑了好多趟了,我就是想让你们{0}"),
        Style.TYPO: ("希忘{0}", "我希望{0}..", "要球{0}"),
        Style.PIECES: ("我就一个要求|{0}", "也没别的|希望{0}"),
    },
    "contact": {
        Style.SHORT: ("{0}", "电话{0}", "{0},微信同号"),
        Style.LONG: ("可以的,您打这个{0}就行,白天上班晚上七点以后都方便", "我的手机号是{0},有结果了麻烦告诉我一声"),
        Style.TYPO: ("{0}。", "电化{0}", "手机号 {0} "),
        Style.PIECES: ("可以|{0}", "有的|我的是{0}"),
    },
}  # fmt: skip
ANONYMOUS = ("我不想留电话", "不留了,匿名吧", "不方便留电话", "不想留联系方式")
ASKED_BACK = ("这个要收费吗?", "大概多久能办好?", "为什么要问这个?", "我的信息会不会泄露?", "你是真人吗?")
AFFIRMED = ("对,就这样登记", "对的", "没错,登记吧", "是的", "可以,就这样", "对", "嗯,没问题")
LABELS = {"where": "地点", "contact": "电话", "demand": "诉求"}
CORRECTIONS = {
    "where": ("地点不对,应该是{0}", "地址错了,是{0}"),
    "contact": ("电话不对,应该是{0}", "号码错了,改成{0}"),
    "demand": ("诉求改一下,我希望{0}",),
}


@dataclass(frozen=True, slots=True)
class Correction:
    """What the citizen changes when the read-back comes; `directly`: with the value at once."""

    field: str
    value: str
    directly: bool


@dataclass(frozen=True, slots=True)
class Script:
    """One citizen. `told`: fields whose value is in the opening. No `contact`: anonymous."""

    opening: tuple[str, ...]
    mode: Opening
    told: frozenset[str]
    values: Mapping[str, str]
    styles: Mapping[str, Style]
    asks_back: Mapping[str, str] = field(default_factory=dict)
    correction: Correction | None = None

    @property
    def anonymous(self) -> bool:
        return "contact" not in self.values


def write_script(story: str, chance: random.Random) -> Script:
    """A citizen with this story; who they are and how they talk is drawn from `chance`."""
    values = {"where": _place(chance), "demand": chance.choice(DEMANDS), "name": _name(chance)}
    if chance.random() < 0.8:
        values["contact"] = _phone(chance)
    mode = chance.choices(list(Opening), weights=(35, 35, 20, 10))[0]
    told = _told(mode, values, chance)
    return Script(
        opening=_opening(story.strip()[:MAX_MESSAGE], mode, told, values, chance),
        mode=mode,
        told=frozenset(told),
        values=values,
        styles={field: _style(chance) for field in ANSWERS},
        asks_back={
            field: chance.choice(ASKED_BACK) for field in ANSWERS if chance.random() < 0.08
        },
        correction=_correction(values, chance) if chance.random() < 0.15 else None,
    )


def answer(script: Script, question: str, value: str | None, chance: random.Random) -> list[str]:
    """The messages that answer a question for a field; several where the citizen types in pieces."""
    if question == "contact" and value is None:
        return [chance.choice(ANONYMOUS)]
    template = chance.choice(ANSWERS[question][script.styles[question]])
    return template.format(value).split("|")


def correct(correction: Correction, chance: random.Random) -> str:
    if not correction.directly:
        return "有地方要改"
    return chance.choice(CORRECTIONS[correction.field]).format(correction.value)


def _told(mode: Opening, values: Mapping[str, str], chance: random.Random) -> list[str]:
    if mode in {Opening.ASKED, Opening.GREETING}:
        return []
    some = [field for field in values if chance.random() < 0.6]
    chance.shuffle(some)
    return some or ["where"]


def _opening(
    story: str, mode: Opening, told: list[str], values: Mapping[str, str], chance: random.Random
) -> tuple[str, ...]:
    said = "".join(chance.choice(SAYINGS[field]).format(values[field]) for field in told)
    match mode:
        case Opening.WITH_STORY:
            return (f"{said}{story}" if chance.random() < 0.3 else f"{story}\n{said}",)
        case Opening.RIGHT_AFTER:
            return (story, said)
        case Opening.GREETING:
            return (chance.choice(("你好", "您好,在吗", "喂,有人吗")), story)
        case Opening.ASKED:
            return (story,)


def _style(chance: random.Random) -> Style:
    return chance.choices(list(Style), weights=(45, 25, 15, 15))[0]


def _correction(values: Mapping[str, str], chance: random.Random) -> Correction:
    fresh: dict[str, Callable[[random.Random], str]] = {
        "where": _place,
        "contact": _phone,
        "demand": lambda chance: chance.choice(DEMANDS),
    }
    chosen = chance.choice([field for field in fresh if field in values])
    while (value := fresh[chosen](chance)) == values[chosen]:
        pass
    return Correction(chosen, value, directly=chance.random() < 0.5)


def _place(chance: random.Random) -> str:
    number = chance.randint(1, 200)
    return chance.choice(
        (
            f"{chance.choice(DISTRICTS)}{chance.choice(STREETS)}{chance.choice(AREAS)}",
            f"{chance.choice(AREAS)}{number % 20 + 1}栋",
            f"{chance.choice(ROADS)}{number}号",
            f"{chance.choice(DISTRICTS)}{chance.choice(ROADS)}{number}号{chance.choice(AREAS)}",
        )
    )


def _phone(chance: random.Random) -> str:
    if chance.random() < 0.1:
        return f"0755-{chance.randint(22_000_000, 28_999_999)}"
    digits = f"{chance.choice(('138', '139', '159', '186', '137', '188'))}{chance.randint(0, 99_999_999):08d}"
    if chance.random() < 0.15:
        return f"{digits[:3]} {digits[3:7]} {digits[7:]}"
    return digits


def _name(chance: random.Random) -> str:
    return chance.choice(SURNAMES) + chance.choice(GIVEN)
