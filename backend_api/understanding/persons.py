"""People by name, nickname (刘老四, 老王) or surname with a title (王经理).

The tagger's PER words pass guards (it takes 😡😡 for a person); rules add what follows 我叫.
Names and nicknames of a full name are personal data; a surname alone or with a title is not masked.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from backend_api.understanding.analysis import Person
from backend_api.understanding.tagger import Token, token_at

_HAN = re.compile(r"[\u4e00-\u9fff]+(?:·[\u4e00-\u9fff]+)*")
_CLAUSE_ENDS = r"(?=[，,。.、；;！!~～\s（(]|$|1[3-9]\d|电话|手机|住|本人|啊|呀|哈|呢)"
_LOOK_BACK = 24
_OWN = "applicant"
_WORD = 2
_LONGEST_CARD = 60
# Of the tagger: adverbs, pronouns, conjunctions, prepositions, verbs, particles.
_NO_NOUNS = frozenset({"d", "r", "c", "p", "v", "vd", "u", "xc"})


@dataclass(frozen=True, slots=True)
class PersonWords:
    """The lists of `data/words/surnames.yml`, as patterns."""

    surname: re.Pattern[str]
    not_names: frozenset[str]
    not_begin: re.Pattern[str]
    titled: re.Pattern[str]
    nickname: re.Pattern[str]
    numbered: re.Pattern[str]
    after_title: re.Pattern[str]
    told: re.Pattern[str]
    own_surname: re.Pattern[str]
    naming: re.Pattern[str]
    cards: tuple[re.Pattern[str], ...]
    roles: "RoleWords"


@dataclass(frozen=True, slots=True)
class RoleWords:
    """What beside a name tells whose it is."""

    introduced: re.Pattern[str]
    introduced_long: re.Pattern[str]
    clause_end: re.Pattern[str]
    opening: re.Pattern[str]
    own_details: re.Pattern[str]
    own_title: re.Pattern[str]
    beneficiary: re.Pattern[str]
    pronoun: re.Pattern[str]
    spoken_for: re.Pattern[str]
    other_side: re.Pattern[str]
    relative_follows: re.Pattern[str]
    respondent: re.Pattern[str]
    does_wrong: re.Pattern[str]


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
        not_begin=re.compile("|".join(raw["not_begin"])),
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
        own_surname=re.compile(
            rf"(?:{'|'.join(raw['own_surname'])})(?P<name>{surname})"
            r"(?=[，,。.、；;！!~～\s（(]|$|的?[，。]|住|在|电话|手机|叫|不是|啊|呢|哈)"
        ),
        naming=re.compile("|".join(raw["naming"])),
        cards=_cards(raw, rf"(?P<name>{surname}[\u4e00-\u9fff]{{1,2}})"),
        roles=_role_words(raw),
    )


def _cards(raw: dict[str, list[str] | str], name: str) -> tuple[re.Pattern[str], ...]:
    greeting = rf"\s*(?:{'|'.join(raw['greetings'])})*"
    number, end = f"(?:{raw['card_number']})", r"[）)。.，,!！~～\s]*"
    first = rf"{greeting}{name}{raw['card_between']}{number}{end}"
    then = r"[，,、;；:：/／.\s（(]*(?:我叫|我是)?"
    last = rf"{greeting}(?:{raw['card_between']})?{number}{then}{name}{end}"
    return re.compile(first), re.compile(last)


def _role_words(raw: dict[str, list[str] | str]) -> RoleWords:
    called = r"(?:的?名?字?叫做?|姓名|名叫|是|叫)?$"
    kin = f"(?:我|俺)(?:的|家)?(?:{'|'.join(raw['kin'])})"
    return RoleWords(
        introduced=re.compile(f"(?:{'|'.join(raw['introductions'])})[ :：，,]?$"),
        introduced_long=re.compile(f"(?:{'|'.join(raw['introductions_long'])})$"),
        clause_end=re.compile(_CLAUSE_ENDS),
        opening=re.compile(rf"\s*(?:{'|'.join(raw['greetings'])})*$"),
        own_details=re.compile("|".join(raw["own_details"])),
        own_title=re.compile(rf"(?:{'|'.join(raw['own_titles'])})$"),
        beneficiary=re.compile(f"(?:{kin}|帮|替|代)(?:叫|是|名叫)?$"),
        pronoun=re.compile(f"[他她]{called}"),
        spoken_for=re.compile(f"{kin}|(?:帮|替|代)(?:我|俺)?(?:的|家)?(?:{'|'.join(raw['kin'])})"),
        other_side=re.compile("|".join(one for one in raw["respondents"] if one not in "他她")),
        relative_follows=re.compile(f"的(?:{'|'.join(raw['relatives'])})"),
        respondent=re.compile(
            f"(?:{'|'.join(raw['respondents'])}){called}|(?:{'|'.join(raw['wronged_by'])})$"
        ),
        does_wrong=re.compile("|".join(raw["does_wrong"])),
    )


def find_persons(text: str, tokens: Sequence[Token], words: PersonWords) -> tuple[Person, ...]:
    """People in the order of the text, each with the part they play as far as the words say."""
    kept: list[Person] = []
    taken = bytearray(len(text))
    for person in (
        *_on_card(text, tokens, words),
        *_told(text, tokens, words),
        *_own_surname(text, words),
        *_nicknamed(text, words),
        *_tagged(tokens, words),
        *_titled(text, tokens, words),
        *_after_title(text, words),
    ):
        if not any(taken[person.start : person.end]):
            kept.append(person if person.role == _OWN else _with_role(text, person, words.roles))
            taken[person.start : person.end] = b"\1" * (person.end - person.start)
    return tuple(_without_surname(sorted(kept, key=lambda one: one.start)))


def _without_surname(persons: list[Person]) -> list[Person]:
    """我姓陈，叫陈美玲: the whole name says more."""
    named = any(one.role == _OWN and one.kind != "surname" for one in persons)
    return [one for one in persons if one.kind != "surname"] if named else persons


def _on_card(text: str, tokens: Sequence[Token], words: PersonWords) -> Iterator[Person]:
    """李秀英 13812345678 and nothing else: who they are and how to reach them."""
    if len(text) > _LONGEST_CARD:
        return
    for match in (one.fullmatch(text) for one in words.cards):
        if match is None or not _may_be_name(match["name"], words):
            continue
        name, start = match["name"], match.start("name")
        word = _word_at(tokens, start)
        common = word is not None and len(word.text) <= len(name) and word.tag != "PER"
        if not common and _names_self(name, _kind(name, words), words.roles):
            yield Person(*match.span("name"), name, _kind(name, words), _OWN)


def _word_at(tokens: Sequence[Token], start: int) -> Token | None:
    """The word of two characters or more that begins there."""
    token = token_at(tokens, start)
    return token if token and token.start == start and len(token.text) >= _WORD else None


def _names_self(name: str, kind: str, words: RoleWords) -> bool:
    """People call themselves 陈女士; 王经理 is somebody else."""
    return kind != "title" or words.own_title.search(name) is not None


def _told(text: str, tokens: Sequence[Token], words: PersonWords) -> Iterator[Person]:
    for match in words.told.finditer(text):
        word = _word_at(tokens, match.start("name"))
        if _may_be_name(match["name"], words) and not (word and _is_no_noun(word, words)):
            yield Person(*match.span("name"), match["name"], "name")


def _may_be_name(name: str, words: PersonWords) -> bool:
    return name not in words.not_names and not words.not_begin.match(name)


def _is_no_noun(word: Token, words: PersonWords) -> bool:
    """我叫马上办, 我叫关门: what the citizen called for."""
    return word.tag in _NO_NOUNS or word.text in words.not_names


def _own_surname(text: str, words: PersonWords) -> Iterator[Person]:
    """我姓陈: how the citizen wants to be addressed, if no more."""
    for match in words.own_surname.finditer(text):
        yield Person(*match.span("name"), match["name"], "surname")


def _nicknamed(text: str, words: PersonWords) -> Iterator[Person]:
    """刘老四: the tagger likes to cut it."""
    for match in words.numbered.finditer(text):
        yield Person(match.start(), match.end(), match.group(), "nickname")


def _after_title(text: str, words: PersonWords) -> Iterator[Person]:
    """村主任何志远: a full name behind an office, where the tagger saw other words."""
    for match in words.after_title.finditer(text):
        if _may_be_name(match["name"], words):
            yield Person(*match.span("name"), match["name"], "name")


def _tagged(tokens: Sequence[Token], words: PersonWords) -> Iterator[Person]:
    for token in tokens:
        if token.tag == "PER" and _is_name(token.text, words):
            yield Person(token.start, token.end, token.text, _kind(token.text, words))


def _is_name(text: str, words: PersonWords) -> bool:
    if not _HAN.fullmatch(text) or not 2 <= len(text) <= 12 or not _may_be_name(text, words):
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
                and _may_be_name(name, words)
                and len(name) <= 4
                and match.end() in ends
            ):
                yield Person(match.start(), match.end(), name, kind)


def _with_role(text: str, person: Person, words: RoleWords) -> Person:
    return replace(person, role=_role(text, person, words))


def _role(text: str, person: Person, words: RoleWords) -> str:
    before = text[max(0, person.start - _LOOK_BACK) : person.start]
    if _is_introduced(text, person, before, words):
        related = words.relative_follows.match(text, person.end)
        return "beneficiary" if related else _OWN
    if _is_signed(text, person, before, words):
        return _OWN
    if words.beneficiary.search(before) or _is_of_the_wronged(text, person, before, words):
        return "beneficiary"
    wrong = words.respondent.search(before) or words.does_wrong.match(text, person.end)
    return "respondent" if wrong else "other"


def _is_of_the_wronged(text: str, person: Person, before: str, words: RoleWords) -> bool:
    """我妈被骗了，她叫…: the last that was spoken of is the relative, and not the other side."""
    if not words.pronoun.search(before):
        return False
    ends = [
        max((found.end() for found in pattern.finditer(text, 0, person.start)), default=0)
        for pattern in (words.spoken_for, words.other_side)
    ]
    return ends[0] > 0 and ends[0] >= ends[1]


def _is_introduced(text: str, person: Person, before: str, words: RoleWords) -> bool:
    """我叫…, 我是3栋的…: the citizen speaks of themselves, or of whose mother they are."""
    if person.kind == "surname" or words.introduced.search(before):
        return True
    named = _names_self(person.text, person.kind, words)
    ends = words.clause_end.match(text, person.end)
    return bool(named and ends and words.introduced_long.search(before))


def _is_signed(text: str, person: Person, before: str, words: RoleWords) -> bool:
    """A message that begins with 李梅，139… or is no more than 陈女士."""
    if person.start > _LOOK_BACK or not words.opening.fullmatch(before):
        return False
    if words.own_details.match(text, person.end):
        return _names_self(person.text, person.kind, words)
    alone = not text[person.end :].strip(" 。.，,！!~～\n")
    return alone and words.own_title.search(person.text) is not None
