"""What the citizen wants: the clause of 要求…, 希望…, 能不能帮我…, without negated ones."""

import re

from backend_api.understanding.analysis import Demand

_ASKED = (
    r"(?:有关|相关|主管|上级)?(?:部门|领导|政府|单位|各位领导|书记|市长|局长|你们|您们?|社区"
    r"|街道|法院|工作人员)"
)
_LEADS = (
    r"(?<!按照)(?<!符合)(?<!达到)(?<!不符)(?:强烈|坚决|严正|现|特|故|我们?|本人|诉求[是为]?)?"
    r"(?:要求(?![，,。、的]|不高|过高|太高|是|很)|请求(?![，,。、])|恳请|恳求|诚请|敬请|烦请|望请"
    r"|希望|盼望|盼|期盼|诉求[是为:：]|跪求|求求|申请)"
    rf"|(?<=[，。,.!！?？;；\s])望(?=能|{_ASKED}|尽快|尽早|早日|及时|给|予)|^望(?=能|{_ASKED}|尽快)"
    rf"|(?<![邀申聘敬恳烦聘宴吁])请(?={_ASKED}|尽快|尽早|立即|帮|给我|你们|您|求|务必|协助|督促"
    rf"|责令|查处|处理|解决|核实|调查|严查|予以|依法|让|他们?)"
    r"|(?:我|我们|俺|咱|就|只|现在|本人)(?:就|只|现在|也)?(?:想要|想让|只想|就想|要让|想(?=讨"
    r"|拿回|要回|退|把|申请|换|离婚|告|追|请|让|要)|要(?=赔|退|一个说法|个说法|回|他们?|讨|拿回"
    r"|补|结))"
    r"|(?:能不能|能否|可不可以|可否|是否可以|可以不可以)(?=帮|让|给|把|尽快|尽早|派|安排|管|解决"
    r"|处理|协调|退|来|请|叫|出面|查|早|督促|为|替|安装|修|加|取消|增)"
    r"|(?:帮我|帮我们|帮忙|替我|给我们?)(?=要回|讨|解决|处理|协调|退|追|主持|做主|做个主|说说"
    r"|调解|想想办法)"
    r"|(?:麻烦|拜托|求)(?=你们|您|领导|政府|帮|给|社区|帮忙|相关|有关|尽快)"
    r"|(?:讨个说法|讨一个说法|要个说法|给个说法)"
)
_LEAD = re.compile(_LEADS)
_STOP = re.compile(
    r"[。！？!?\n；;]|，(?:因为|谢谢|否则|不然|但是|可是|这样|多谢|感谢|我的?电话|电话|联系)"
    r"|,(?:因为|谢谢|电话)|谢谢"
)
_NEGATED = re.compile(
    r"(?:不|没有?|未|别|无需|不用|从未|并未|并不|没人|没再|未曾|无)(?:有|曾|再|敢|是|想|会|能)?$"
)
_OTHERS = re.compile(
    r"(?:老板|物业|公司|对方|他们?|她|房东|商家|医院|学校|开发商|单位|厂里|包工头|银行|社保局"
    r"|经理|客服|老师|法院|上面|政策|规定|合同|文件|法律|法规|条例)"
    r"(?:还|却|又|都|就|也|一直|现在|反而|竟然|非|硬|上|中|里|明确|说)*$"
)
_LONGEST = 120


def find_demands(text: str) -> tuple[Demand, ...]:
    """Spans from the wish to the end of its sentence, at most 120 characters each.

    A negated wish (不要求赔偿) and the other side's wish (老板要求我们加班) are none.
    """
    found: list[Demand] = []
    at = 0
    while match := _LEAD.search(text, at):
        at = match.end()
        if _is_foreign(text, match):
            continue
        end = match.start() + len(text[match.start() : _end(text, match.end())].rstrip("，, "))
        found.append(Demand(match.start(), end, text[match.start() : end]))
        at = max(end, match.end())
    return tuple(item for item in found if item.end - item.start > 3)


def _is_foreign(text: str, match: "re.Match[str]") -> bool:
    before = text[max(0, match.start() - 10) : match.start()]
    if _NEGATED.search(before):
        return True
    return match.group()[-2:] in ("要求", "申请", "请求", "希望") and bool(_OTHERS.search(before))


def _end(text: str, at: int) -> int:
    stop = _STOP.search(text, at, at + _LONGEST)
    return stop.start() if stop else min(len(text), at + _LONGEST)
