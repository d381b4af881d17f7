"""Organisations: companies, shops, schools, hospitals, offices; named or only meant (物业)."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from backend_api.understanding.analysis import Org
from backend_api.understanding.places import Endings
from backend_api.understanding.regions import Regions
from backend_api.understanding.tagger import Token, token_index

_TAGS = frozenset({"n", "nz", "LOC", "ORG", "PER", "nw", "m", "nr", "ns", "nt", "s", "vn"})
_QUOTED = re.compile(r"[“\"「『‘']([^“”\"「」『』‘’'，。,]{2,16})[”\"」』’']")
_CALLED = re.compile(r"(?:叫做?|名叫|名为|店名|公司名|[店司构厂]名?是)$")
_KIND_OF_ORG = re.compile(
    r"(?:公司|店|机构|厂|平台|学校|医院|品牌|健身房|超市|中介|集团)(?:叫做?|名叫|名为)?$"
)
# 店叫甜蜜时光, 公司名是宏远达: a name that no ending tells; 公司叫我加班 is none.
_NAME_SAID = re.compile(
    r"(?:店|公司|机构|厂|平台|中介|驾校|培训班|健身房|品牌|商家|物业|酒店|医院|学校|幼儿园|单位)"
    r"(?:的?(?:名字?|名称|全称|全名)(?:就)?(?:叫做?|是|为)|就?叫做?|名为)\s?"
    r"(?![我你他她咱俺人停来去醒]|大家|员工|业主|家长|工人|老师|学生|什么|[啥哪])"
    r"([^\W了着过不没就都也还吗呢的]{2,16})(?=[，。,！!；;\s]|$)"
)
_LONGEST = 22
_LOOK_BACK = 12
# Who did it where a neighbour is told of, and not whom the citizen asked about it.
_NEIGHBOUR = re.compile(r"邻居|楼[上下]|隔壁|对门|租户|租客|住户|广场舞|房东")
# 找了三次物业: how often, and no name.
_COUNTED = re.compile(r"[一二三四五六七八九十几两好多半\d]+[次个家回趟遍年月天名位]")
_NAME_EDGE = "，。,！!？?；;：:、\n 在叫是找"
_EPITHETS = re.compile(
    r"黑心|无良|[私公国]立|民办|[大中小]型|[高中初低]等?级?|豪华|正规|一般|不[良同]|非法|无证|倒闭|高端|著名"
    r"|[省市县区镇乡国]级|国家级|很多|许多|所有|上述|全部|部分|[原新老旧]+"
)
# 同乐工地, 万科广场: with it the name is that of a place.
_SITE = re.compile(r"工地|小区|工业[区园]|家园|花园|广场|大厦|公寓|项目部?(?!经理)")
_MOST_ROLES = 60
# 凤凰工业区 + 立讯厂: a firm has a name of its own behind where it stands.
_PARK = re.compile(
    r"[\u4e00-\u9fff]{2,10}?(?:工业区|工业园|科技园|产业园|创业园|物流园|开发区)"
    r"(?=[\u4e00-\u9fff]{2,}(?<!有限)(?:厂|公司|店))(?!有限|管委会|管理)"
)
_SHORTEST_REST = 4
_STREET = re.compile(r"[\u4e00-\u9fff]{1,5}?(?:街道|镇|乡)(?!政府|卫生|中心|小学|中学|派出)")
_PUBLIC = ("人民", "公安", "教育局", "住建", "人社", "社保", "民政", "城管")
_MASKED_HEAD = re.compile(r"[A-Z]\d{0,3}$")
_ROAD_NUMBER = re.compile(
    r"[\u4e00-\u9fff]{2,7}?(?:路|大道|大街|街|巷)(?:中段|[东南西北]段)?\d{1,4}号"
)
# An office that a citizen addresses or has told: what it answered makes it no respondent.
_OFFICIAL = re.compile(
    r"(?:局|委|厅|办|政府|法院|检察院|派出所|街道办事?处?|居委会|城管|交警[大中]?队|信访|社区|委员会|仲裁|支队"
    r"|12345|管委会|卫健|热线|部门|工会|疾控中心|监察大队)$"
)
_COMPLAINED_OF = re.compile(
    r"(?:投诉|举报|控告|状告|起诉|检举|曝光|揭发)(?:一下)?(?:的是|了|[^，。,]{0,6}?的|[^，。,！\s]{0,8})?$"
)
# 老板拖工资，公司叫…: the name of whom the words before only meant. 我公司 is the citizen's own.
_NAMED_AS = re.compile(
    r"(?:(?<!我)(?<!本)公司|厂|店|物业|单位|学校|机构|对方|老板|商家|中介|开发商|平台|驾校|幼儿园|医院)"
    r"(?:的)?(?:名字|名称|全名|全称|名)?(?:就)?(?:叫做?|名叫|名为|是|[:：])$"
)
_BEHIND = re.compile(r"(?:门口|对面|旁边|附近|楼下|楼上|隔壁|那边|路口|站|上班的人)")
_SERVES = re.compile(r"银行|保险|支付宝|微信|花呗|医院|学校|小学|中学|大学|派出所|幼儿园")
_DONE_BY = re.compile(r"(?:被|遭|遭到|让)(?:无良|黑心|黑|那家|这家|一家|该)?$")
_ORDERED = re.compile(
    r"(?:要求|责令|督促|勒令|催促?|逼|约谈|查处|严查|整治|叫停|取缔|严惩|处罚)(?:该|这家|那个|那家)?$"
)
# 找过村委会没结果, 找了三次物业: asked for help.
_SOUGHT = re.compile(
    r"(?:找|问|告诉|反映给?|打给|打电话给|联系)(?:了|过|到)?(?:[一二三四五六七八九十几两好多\d]+[次回趟遍])?$"
)
_PURSUED = re.compile(r"(?:跟|和|与|找|向|问)(?:那家|这家)?$")
_PURSUING = re.compile(r"[^，。,！]{0,10}?(?:要钱|要回|讨|追|索|理论|催|说理|协商|退)")
_DEALT = re.compile(r"(?:在|到|跟|与|和|从|找|给|通过|于|向|由)(?:一家|这家|那家|个|叫)?$")
_BOUGHT = re.compile(
    r"(?:[^，。,！!\n]{0,10}?)(?:买|购|订|办[了的理卡]|充|报名|报了|交[了纳]|消费|签[了订]|租|装修|做(?:的|了|手术)|贷|投资|存[了款]|下单|吃|住院|就诊|看病)"
)
_WORKED = re.compile(
    r"(?:[^，。,！!\n]{0,10}?)(?:上班|打工|干活|工作|做工|务工|任职|就职|做事|入职|干了|做了|当(?:保安|保洁|司机|老师|会计))|员工|工人|职工"
)
_WAGES = re.compile(r"工资|欠|辞退|开除|加班|社保|工伤|合同|补偿|薪|养老金|退休|待遇|公积金")
_WRONG_ACT = (
    r"(?:拖欠|欠|拖着|拖了?|赖着?|不(?!错|是(?!东西)|同|在|知道|远|用)|没(?:有|把|给|发|退|修|处理|人管|装|签|交|按)?|未|拒绝|拒不|拒|收[了取费我]|乱|多收|强制"
    r"|强行|强迫|强拆|强占|违规|违法|违建|违反|违约|私自|擅自|随意|骗|坑|扣|克扣|卷|跑路|跑了|倒闭|关门|失联|推[诿脱来三卸]|踢皮球|威胁"
    r"|打[人我伤了]|辱骂|骂|辞退|开除|裁|逼|霸占|侵占|占用?|挖|停工|烂尾|排[放污]|偷排|污染|噪音|扰民|施工|装修|弄|造成|导致"
    r"|涨价|乱涨|虚假|欺|忽悠|敷衍|态度|服务差|耍赖|毁约|单方|延期|逾期|泄露|殴打|天天|半夜|深夜|每[天晚]|长期|一直[^，。]{0,4}[不没]|要求?我|让我|叫我|逼我|把我|给我们?(?:停|断|发错|少)"
    r"|停水|停电|断水|断电|上门威胁|少[发给]|拿了|卖|出售|提供的|说没|说不|说要|说等)"
)
_DOES_WRONG = re.compile(
    r"(?:公司|老板|负责人|方面|那边|领导|经理|员工|客服|工作人员|人员|保安|司机|老师|医生|的人|里|内|的)?(?:却|就|还|也|都|又|竟然?|居然"
    r"|突然|现在|目前|至今|总是|经常|多次|故意|无故|恶意|仍然?|迟迟|从来|根本|完全|去年|今年|一直|反而|长期|违规|涉嫌|直接|已经"
    rf"|为了?[^，。]{{1,6}}|以[^，。]{{1,10}}(?:为由|名义)|[，,]){{0,3}}{_WRONG_ACT}"
)
_OFFICIAL_WRONG = re.compile(
    r"(?:[^，。,！!\n]{0,4}?)(?:乱收|强拆|强占|打人|违法|违规|不作为|乱作为|贪|受贿|包庇|不予|拒绝|拒不|克扣|截留|拖欠|占用|侵占|不给(?:我|办|发))"
)
_TOLD = re.compile(
    r"(?:反映|反应|汇报|打[了过]?|拨打|咨询|上报|告知|求助|报警|报案|举报|投诉|去[了过]?|找[了过]?|问[了过]?|请|请求|恳请|希望|望|尊敬的)(?:给|到|至|了|过|于|向)?$"
)
_WRONG = re.compile(rf"(?:{_WRONG_ACT}|投诉|举报|质量|问题|坏|过期|贵|强硬|嚣张|坑)")
_AT = ("在", "到", "去", "进")
_HAN = re.compile("[\u4e00-\u9fff]")
_VAGUE = frozenset(["平台", "单位", "工地", "超市", "酒店", "医院", "学校", "银行", "公司"])
_TITLE = re.compile(r"(?:的?(?:领导|局长|书记|主任|工作人员)|[：:]|，?您好|，?你好)")
_NOT_AFTER = re.compile(r"[卡门规章长费款贷里内]")


@dataclass(frozen=True, slots=True)
class OrgWords:
    """The lists of `data/words/orgs.yml`, and what tells a place from an organisation."""

    suffix: re.Pattern[str]
    brand: re.Pattern[str]
    generic: re.Pattern[str]
    not_named: frozenset[str]
    estate: re.Pattern[str]


def org_words(raw: dict[str, list[str]], places: Endings) -> OrgWords:
    def longest(words: list[str]) -> re.Pattern[str]:
        return re.compile("|".join(map(re.escape, sorted(set(words), key=len, reverse=True))))

    return OrgWords(
        longest(raw["suffixes"]),
        longest(raw["brands"]),
        longest(raw["generic"]),
        places.not_named,
        places.estate,
    )


def find_orgs(
    text: str, tokens: Sequence[Token], words: OrgWords, regions: Regions
) -> tuple[Org, ...]:
    """Named ones first claim their span; generic words (物业, 开发商) follow where none is."""
    kept: list[Org] = []
    taken = bytearray(len(text))
    by_suffix = sorted(_by_suffix(text, tokens, words), key=lambda one: (one.start, -one.end))
    for org in (
        *_quoted(text, words),
        *_said(text),
        *(_without_address(one, text, regions) for one in by_suffix),
        *(
            _without_address(_without_place(one, text, words, regions), text, regions)
            for one in _tagged(text, tokens, words)
            if not _is_address(one, text, regions)
        ),
        *_brands(text, tokens, words),
        *_matches(text, words.generic, "generic"),
    ):
        if not any(taken[org.start : org.end]):
            kept.append(org)
            taken[org.start : org.end] = b"\1" * (org.end - org.start)
    kept.sort(key=lambda one: one.start)
    found = [replace(one, role=org_role(text, one)) for one in kept[:_MOST_ROLES]]
    found += kept[_MOST_ROLES:]
    return tuple(_with_suspect(text, found))


def _quoted(text: str, words: OrgWords) -> Iterator[Org]:
    for match in _QUOTED.finditer(text):
        name = match[1]
        before = text[max(0, match.start() - 8) : match.start()]
        if _ends_in_kind(name, words) or _CALLED.search(before) or _KIND_OF_ORG.search(before):
            yield Org(match.start(1), match.end(1), name, "named")


def _ends_in_kind(name: str, words: OrgWords) -> bool:
    return any(found.end() == len(name) for found in words.suffix.finditer(name))


def _said(text: str) -> Iterator[Org]:
    for match in _NAME_SAID.finditer(text):
        yield Org(match.start(1), match.end(1), match[1], "named")


def _by_suffix(text: str, tokens: Sequence[Token], words: OrgWords) -> Iterator[Org]:
    starts = [token.start for token in tokens]
    for match in words.suffix.finditer(text):
        start = _start(match.start(), match.end(), tokens, starts, words)
        name = text[start : match.start()]
        if len(name) >= 2 and name not in words.not_named:
            start = _masked_start(text, start)
            yield Org(start, match.end(), text[start : match.end()], "named")


def _start(
    at: int, end: int, tokens: Sequence[Token], starts: Sequence[int], words: OrgWords
) -> int:
    index = bisect_right(starts, max(0, at - 1)) - 1
    start = at
    while index >= 0:
        token = tokens[index]
        generic = token.text in words.not_named or words.generic.fullmatch(token.text)
        if generic or end - token.start > _LONGEST or _COUNTED.fullmatch(token.text):
            break
        if token.tag not in _TAGS and not _is_epithet_name(tokens, index):
            break
        start = token.start
        index -= 1
    return start


def _is_epithet_name(tokens: Sequence[Token], index: int) -> bool:
    """鼎盛 of 鼎盛健身房, which the tagger takes for an adjective, at the head of a clause."""
    token = tokens[index]
    begins = not index or tokens[index - 1].text[-1] in _NAME_EDGE
    return (
        token.tag == "a" and len(token.text) > 1 and begins and not _EPITHETS.fullmatch(token.text)
    )


def _tagged(text: str, tokens: Sequence[Token], words: OrgWords) -> Iterator[Org]:
    for token in tokens:
        if (
            token.tag == "ORG"
            and 2 <= len(token.text) <= _LONGEST
            and not _is_generic(token, words)
            and not _is_estate(token.text, words)
            and not _SITE.match(text, token.end)
        ):
            skip = 1 if token.text[0] in "在到从去给跟和" else 0
            if not skip or len(token.text) > 4:
                start = _masked_start(text, token.start + skip)
                yield Org(start, token.end, text[start : token.end], "named")


def _without_address(org: Org, text: str, regions: Regions) -> Org:
    """佛山市顺德区北滘镇 + 美的集团: an address of two parts or more is not the name."""
    at, parts = org.start, 0
    for match in regions.matches(org.text):
        if org.start + match.start != at or not match.whole:
            break
        at, parts = org.start + match.end, parts + 1
    if street := _STREET.match(text, at, org.end):
        at, parts = street.end(), parts + 1
    if road := _ROAD_NUMBER.match(text, at, org.end):
        at, parts = road.end(), parts + 2
    if park := _PARK.match(text, at, org.end):
        at, parts = park.end(), parts + 2
    rest = text[at : org.end]
    if parts < 2 or len(rest) < _SHORTEST_REST - bool(park) or rest.startswith(_PUBLIC):
        return org
    return Org(at, org.end, rest, org.kind)


def _without_place(org: Org, text: str, words: OrgWords, regions: Regions) -> Org:
    """在坂田华为, 龙华富士康: the place in front of a well-known name is not part of it."""
    for match in words.brand.finditer(text, org.start + 2, org.end):
        region = regions.search(text[: match.start()], org.start)
        placed = region is not None and (region.start, region.end) == (org.start, match.start())
        if match.end() == org.end and (placed or text.endswith(_AT, 0, org.start)):
            return Org(match.start(), org.end, match.group(), org.kind)
    return org


def _is_address(org: Org, text: str, regions: Regions) -> bool:
    """老家河南, 龙岗区宝龙街道 + a name: regions that the tagger took for an organisation."""
    at = org.start
    for match in regions.matches(org.text):
        upper = any(not one.city for one in match.options)
        if org.start + match.start != at or not (match.whole or upper):
            return False
        at = org.start + match.end
    street = _STREET.match(text, at, org.end) if at > org.start else None
    if street and street.end() == org.end:
        return bool(_HAN.match(text, org.end)) and not _DOES_WRONG.match(text, org.end)
    return at == org.end


def _masked_start(text: str, start: int) -> int:
    """L3 + 县人民政府: the tagger cuts anonymised regions."""
    match = _MASKED_HEAD.search(text, max(0, start - 4), start)
    return match.start() if match and text[start : start + 1] in "市区县" else start


def _is_generic(token: Token, words: OrgWords) -> bool:
    return bool(words.generic.fullmatch(token.text) or words.suffix.fullmatch(token.text)) or (
        token.text in words.not_named
    )


def _matches(text: str, pattern: re.Pattern[str], kind: str) -> Iterator[Org]:
    for match in pattern.finditer(text):
        if kind == "named" or not _NOT_AFTER.match(text, match.end()):
            yield Org(match.start(), match.end(), match.group(), kind)


def _is_estate(name: str, words: OrgWords) -> bool:
    """中海华庭, 东风路: named like a place, which the tagger takes for an organisation."""
    return bool(words.estate.search(name, 2)) and not _ends_in_kind(name, words)


def _brands(text: str, tokens: Sequence[Token], words: OrgWords) -> Iterator[Org]:
    named = _matches(text, words.brand, "named")
    return (one for one in named if not _heads_estate(one, tokens, words))


def _heads_estate(org: Org, tokens: Sequence[Token], words: OrgWords) -> bool:
    """龙湖 of 龙湖天街, 恒大 of 恒大悦龙台: the name of an estate begins with its developer's."""
    index = token_index(tokens, org.start)
    parts = [one for one in tokens[index : index + 2] if one.start <= org.end < one.end]
    return any(one.tag == "LOC" or _is_estate(one.text, words) for one in parts)


def org_role(text: str, org: Org) -> str:
    """respondent: who did it, by the words right before and behind; other where none say so."""
    before = text[max(0, org.start - 12) : org.start]
    if _COMPLAINED_OF.search(before):
        return "other" if _is_told_to(text, org, before) else "respondent"
    if _OFFICIAL.search(org.text):
        wrong = _OFFICIAL_WRONG.match(text, org.end) and not _TOLD.search(before)
        return "respondent" if wrong else "other"
    if org.kind == "named" and _NAMED_AS.search(before):
        return "respondent"
    if _TITLE.match(text, org.end) or before.endswith(("尊敬的", "请", "恳请")):
        return "other"
    return "respondent" if _is_charged(text, org, before) else "other"


def _is_charged(text: str, org: Org, before: str) -> bool:
    """By what is told right beside the name; whom the citizen asked for help is not."""
    if _SOUGHT.search(before) and not _PURSUING.match(text, org.end):
        return False
    return bool(
        _DONE_BY.search(before)
        or _ORDERED.search(before)
        or _DOES_WRONG.match(text, org.end, org.end + 30)
        or _is_dealt_with(text, org, before)
    )


def _with_suspect(text: str, orgs: list[Org]) -> list[Org]:
    """Where no word says who did it and one organisation alone is spoken of, it is that one."""
    meant = [one for one in orgs if one.role == "respondent"]
    if any(one.kind == "named" for one in meant) or not _WRONG.search(text):
        return orgs
    private = [one for one in orgs if not _OFFICIAL.search(one.text)]
    if _NEIGHBOUR.search(text):
        private = [one for one in private if not _is_sought(text, one)]
    if meant:
        private = [one for one in private if _may_be_meant(text, one)]
    named = {one.text for one in private if one.kind == "named"}
    names = named if meant else named or {one.text for one in private if one.text not in _VAGUE}
    if len(names) != 1:
        return orgs
    return [replace(one, role="respondent") if one.text in names else one for one in orgs]


def _is_sought(text: str, org: Org) -> bool:
    return _SOUGHT.search(text[max(0, org.start - _LOOK_BACK) : org.start]) is not None


def _may_be_meant(text: str, org: Org) -> bool:
    """公司不给工伤，是宏远物流的: no mere place, and nobody who only serves (转到建设银行)."""
    placed = text.endswith(_AT, 0, org.start) or _BEHIND.match(text, org.end)
    return org.kind == "named" and not placed and not _SERVES.search(org.text)


def _is_told_to(text: str, org: Org, before: str) -> bool:
    """投诉到住建局, 向12345投诉: an office that was told."""
    told = before.endswith(("到", "给", "至", "向", "了")) or org.text in ("法院", "检察院")
    return bool(_OFFICIAL.search(org.text)) and told


def _is_dealt_with(text: str, org: Org, before: str) -> bool:
    """Whom the citizen paid, or worked for where wages are the matter."""
    if _PURSUED.search(before) and _PURSUING.match(text, org.end):
        return True
    if _DEALT.search(before) and _BOUGHT.match(text, org.end, org.end + 16):
        return True
    worked = _WORKED.match(text, org.end, org.end + 16)
    return bool(worked and org.kind == "named" and _WAGES.search(text))
