"""People by name, nickname (刘老四, 老王) or surname with a title (王经理).

The tagger's PER words pass guards (it takes 😡😡 for a person); rules add what follows 我叫.
Names and nicknames of a full name are personal data; a surname with a title is not masked.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from backend_api.understanding.analysis import Person
from backend_api.understanding.tagger import Token

_HAN = re.compile(r"[\u4e00-\u9fff]+(?:·[\u4e00-\u9fff]+)*")
_APPLICANT = re.compile(
    r"(?:我(?:的名字)?(?:叫|是|姓名)|本人(?:叫|是|姓名)?|姓名[:：是]?|名字[:：是叫]{0,2}"
    r"|联系人[:：是]?|申请人[:：是]?|投诉人[:：]?|反映人[:：]?)[ :：，,]?$"
)
_BENEFICIARY = re.compile(
    r"(?:(?:我|俺)(?:的|家)?(?:妈妈?|爸爸?|母亲|父亲|老公|老婆|丈夫|妻子|爱人|儿子|女儿|孩子"
    r"|弟弟?|妹妹?|哥哥?|姐姐?|爷爷|奶奶|外公|外婆|姥姥|姥爷|岳父|岳母|公公|婆婆|侄子|侄女|舅舅?"
    r"|叔叔?|姑姑?|姨妈?|亲戚|朋友|同事|邻居)|帮|替|代)(?:叫|是|名叫)?$"
)
_RESPONDENT = re.compile(
    r"(?:老板娘?|包工头|工头|房东|二房东|租客|租户|前夫|前妻|对方|车主|司机|法人代表?|法定代表人"
    r"|负责人|经理|主任|村主任|村长|村支书|业主|狗主人|邻居|中介|店主|欠款人|被告|肇事者|借款人"
    r"|班长|组长|他|她|那人|楼上|楼下|隔壁|对门)"
    r"(?:的?名?字?叫做?|姓名|名叫|是|叫)?$"
)


@dataclass(frozen=True, slots=True)
class PersonWords:
    """The lists of `data/words/surnames.yml`, as patterns."""

    surname: re.Pattern[str]
    not_names: frozenset[str]
    titled: re.Pattern[str]
    nickname: re.Pattern[str]
    numbered: re.Pattern[str]
    after_title: re.Pattern[str]
    told: re.Pattern[str]


def person_words(raw: dict[str, list[str] | str]) -> PersonWords:
    compound = "|".join(raw["compound"])
    surname = f"(?:{compound}|[{''.join(raw['single']).replace(' ', '')}])"
    titles = "|".join(map(re.escape, sorted(raw["titles"], key=len, reverse=True)))
    called = (
        r"(?:我叫做?|名叫|人叫|他叫|她叫|本人叫?|姓名[:：是]?|名字[:：是叫]{1,2}|全名"
        r"|[^\W\d]叫做?)[ ]?"
    )
    return PersonWords(
        surname=re.compile(surname),
        not_names=frozenset(raw["not_names"]),
        titled=re.compile(rf"{surname}[\u4e00-\u9fff]{{0,2}}?(?:{titles})"),
        nickname=re.compile(
            rf"{surname}(?:老[大二三四五六七八九幺]|[大小]?(?:麻子|胖子|瘸子|秃子|光头|瞎子|疤子))"
            rf"|(?<![\u4e00-\u9fff])?[老小阿]{surname}(?![\u4e00-\u9fff]?(?:板|师|公|婆|家|人|年))"
        ),
        numbered=re.compile(rf"{surname}老[二三四五六七八九幺](?![个年次天月点十百千万])"),
        after_title=re.compile(
            r"(?:村主任|村支书|主任|书记|经理|老板|队长|包工头|工头|司机|房东|村长|组长|会长|法人)"
            rf"(?P<name>{surname}[\u4e00-\u9fff]{{2}})(?=[转把说在的和，。、,不要给收拿打是也就将没有])"
        ),
        told=re.compile(
            rf"{called}(?P<name>{surname}[\u4e00-\u9fff]{{1,2}})(?=[，,。.、；;！!\s（(]|$|的|在"
            rf"|是|，|电话|身份|今年|住|家)"
        ),
    )


def find_persons(text: str, tokens: Sequence[Token], words: PersonWords) -> tuple[Person, ...]:
    """People in the order of the text, each with the part they play as far as the words say."""
    kept: list[Person] = []
    for person in (
        *_told(text, words),
        *_nicknamed(text, words),
        *_tagged(tokens, words),
        *_titled(text, tokens, words),
        *_after_title(text, words),
    ):
        if not any(person.start < other.end and other.start < person.end for other in kept):
            kept.append(replace(person, role=_role(text, person.start)))
    return tuple(sorted(kept, key=lambda one: one.start))


def _told(text: str, words: PersonWords) -> Iterator[Person]:
    for match in words.told.finditer(text):
        if match["name"] not in words.not_names:
            yield Person(*match.span("name"), match["name"], "name")


def _nicknamed(text: str, words: PersonWords) -> Iterator[Person]:
    """刘老四: the tagger likes to cut it."""
    for match in words.numbered.finditer(text):
        yield Person(match.start(), match.end(), match.group(), "nickname")


def _after_title(text: str, words: PersonWords) -> Iterator[Person]:
    """村主任何志远: a full name behind an office, where the tagger saw other words."""
    for match in words.after_title.finditer(text):
        if match["name"] not in words.not_names:
            yield Person(*match.span("name"), match["name"], "name")


def _tagged(tokens: Sequence[Token], words: PersonWords) -> Iterator[Person]:
    for token in tokens:
        if token.tag == "PER" and _is_name(token.text, words):
            yield Person(token.start, token.end, token.text, _kind(token.text, words))


def _is_name(text: str, words: PersonWords) -> bool:
    if not _HAN.fullmatch(text) or not 2 <= len(text) <= 12 or text in words.not_names:
        return False
    if "·" in text or words.nickname.fullmatch(text) or words.titled.fullmatch(text):
        return True
    match = words.surname.match(text)
    return bool(match) and len(text) <= 4 and len(text) > len(match.group() if match else "")


def _kind(text: str, words: PersonWords) -> str:
    if words.titled.fullmatch(text):
        return "title"
    return "nickname" if words.nickname.fullmatch(text) else "name"


def _titled(text: str, tokens: Sequence[Token], words: PersonWords) -> Iterator[Person]:
    """王经理 and 刘老四 where the tagger cut or missed them; they begin where a word begins."""
    starts = {token.start for token in tokens}
    ends = {token.end for token in tokens}
    for pattern, kind in ((words.nickname, "nickname"), (words.titled, "title")):
        for match in pattern.finditer(text):
            name = match.group()
            if (
                match.start() in starts
                and name not in words.not_names
                and len(name) <= 4
                and match.end() in ends
            ):
                yield Person(match.start(), match.end(), name, kind)


def _role(text: str, start: int) -> str:
    before = text[max(0, start - 10) : start]
    if _APPLICANT.search(before):
        return "applicant"
    if _BENEFICIARY.search(before):
        return "beneficiary"
    return "respondent" if _RESPONDENT.search(before) else "other"
