"""What the citizen wants: the clause of 要求…, 希望…, 能不能帮我…, without negated ones.

Words that are mostly a citizen's own (希望, 恳请) count anywhere; words that others use as well
(要求, 请, 想) only where a clause begins or behind the citizen's own subject. The wish of
somebody else (老板要求我们加班), a quoted rule (按照…要求) and a noun (要求很高) are none.
"""

import re
from collections.abc import Iterator

from backend_api.understanding.analysis import Demand

_NOT_NOUN = r"(?![，,。、；;：:.!！?？\s）)”\"]|$)"
_OFFICE = (
    r"(?:(?:贵|有关|相关|主管|上级|各级|职能|监管|当地|各位|尊敬的|[省市县区镇]){0,3}"
    r"(?:部门|领导|政府|单位|书记|[省市县区镇局厅科处所院校]长|主任|你们?|您们?|社区|街道|法院"
    r"|工作人员|[^\s，。,!！?？]{1,6}?(?:局|委|厅|办|大队|部门|政府))们?)"
)
_ACT = (
    r"(?:帮|让|给|把|将|尽|早|马上|立即|立刻|及时|派|安排|管|查|解决|处理|处置|协调|协助|退|赔|请|叫|出面"
    r"|出台|督促|责令|为|替|安装|装|修|增|加|取消|开通|延|设|改|拆|清|关|停|降|提|落实|公开|公布|恢复|放"
    r"|统一|发|补|整治|整改|严|重视|考虑|监督|规范|禁|限制|撤|纠|支|还我|结|付|道歉|核实|核查|调查|调解"
    r"|彻|依法|约谈|追|配|建|完善|介入|制止|保障|执行|早日|再?宽限|照顾|体谅|关心|过问|问问|看看|来人|主持|关注|做主|通融|减|免|补|统筹|查)"
)
_ANYWHERE = re.compile(
    rf"(?:希望{_NOT_NOUN}(?!了|着|小学|工程|之|的|很|渺茫|破灭|越来|都|就是|而|和|自己能)"
    r"|(?:强烈|一致|坚决|联名|郑重|严正)(?:要求|建议|呼吁)(?!的)|恳请|恳求|诚请|敬请|烦请|望请|祈请|祈盼|跪求|哀求|吁请|求求|盼望(?!着|已久)"
    r"|期盼(?!着|已久)|切盼|急盼|敬盼"
    rf"|请求{_NOT_NOUN}(?!的|是|被)|(?:麻烦|拜托|劳烦|有劳|烦劳)(?=你|您|领导|政府|帮|给|社区|相关|有关"
    rf"|尽快|{_OFFICE}|{_ACT})"
    r"|(?:帮我们?|帮忙|帮帮我?|帮俺|替我们?)(?=要回|讨|解决|处理|协调|退|追|主持|做主|作主|做个主"
    r"|说说|调解|想想办法|查|恢复|拿回)|祈求|[恳垦]请|求(?=您|你们|各位)|(?<![邀申聘宴吁恳敬烦])请(?=你们|给[我予个百]|有关|相关|各级|上级|尽快|政府|务必|贵|严[查惩]"
    r"|彻查|予以|依法|督促|责令|查处|您们?[尽帮查处督给为解关重派]))"
)
_AT_HEAD = re.compile(
    # the citizen's verb
    rf"(?P<asks>要求{_NOT_NOUN}(?!的|不高|不低|[过太较]|更[高多加严]|是|很|[这那]么|比较|越来|严格|高|低|都|之|就是|和|与|或|吗"
    rf"|[^\s，。]{{1,20}}的(?:规定|政策|文件|通知))|呼吁|期望{_NOT_NOUN}(?!的|值|很)|[但惟只]愿(?![:：])"
    rf"|盼(?![着头星到来了望夫])|求(?!助)(?=求|{_OFFICE}|解决|关注|答|回复|解释|帮助|处理|调解|公道|个说法)"
    rf"|(?:强烈)?建议{_NOT_NOUN}(?![的是书被很和没未一]|如下|都|无)"
    r"|望(?![着见去不向远月江城京湖岳花族子天海而风眼闻洋楼山亭谟都奎了到过]|采纳|$)"
    r"|(?:想要?|要)?申请(?=法律援助|调解|仲裁|退|赔|救助|工伤|保障房|公开|复核|困难|低保|补助|安置|认定"
    r"|执行|延期|减免))"
    # 请…, but not 请问, 请了律师, 请我们配合
    r"|请(?![问假客示柬稍等想了来个的吃愿见我俺咱他她它神功]|教(?!育)|安(?!排)|进(?!行|一步)|放(?!开|行)|听(?!取)|过(?!问)"
    r"|人(?![社民大力])|参(?!与|照|考)|原谅|注意|相信|允许"
    r"|大家|律师|师傅|工人?|保姆|到了|到家|月嫂|护工|专家|安装|装修|施工|家长|业主|居民|你?您?看|求)"
    # 能不能帮我…
    rf"|(?P<can>(?:能不能够?|能否|可不可以|可否|是否可以|是否能够?|可以不可以|能够?(?=[^\s，。]{{2,20}}吗))"
    rf"(?={_OFFICE}?(?:也|再|先|都|给我们?|对[^\s，。]{{1,12}}?)?(?:{_ACT}|维修|检修|不|[^\s，。？?]{{1,12}}?[让给把]"
    r"|再[^\s，。？?]{1,6}[点些]))(?!请问|查询|办理|给我的|加入))"
    # 我想让…, 只求…
    r"|(?P<wants>想要(?!问|知道|了解|咨询|说|反映|投诉|举报)|想让(?!我|俺|咱)|想请(?![问教假])|要让"
    r"|[只就]想(?![问说着到起]|知道|强行|自己|赚|捞|维护自己)"
    r"|想(?=讨|拿回|要回|退(?!休)|把|换|离婚|告(?![诉知别])|追|争取|恢复|解决|得到|尽快|早点"
    r"|要[一个]{0,2}(?:说法|公道|回))"
    r"|要(?=赔|退(?!休)|[一个]{0,2}(?:说法|公道|解释|答复)|回(?![家来去到老])|他们?|她|讨|拿回|补发|补偿|结清"
    r"|解决|公平)|[只但]求|只要(?=能|可以|把|给|退|赔|求|还|他|你|公平|[一个]|$)(?![^。！？\n]{0,30}?(?:就|便|都|才|即可|还|[?？])))"
    # 尽快…, 一定要…
    r"|(?:务必|务请|尽快|尽早|早日|速速|火速)(?![，,。的地]|回来|离开|了)"
    r"|(?:立即|马上|赶紧|抓紧|立刻|一定要?|必须要?)(?=停止|退|查|拆|整|恢复|赔|付|支付|道歉|关停|关闭"
    r"|取缔|处理|处罚|解决|解除|撤|纠正|派|修|给[我个百]|还我|落实|严|制止|追究)"
    # 有关部门应尽快…, 需物价部门核查
    r"|(?:有关|相关|主管|职能|各级|上级|监管|政府|贵)(?:职能|主管|政府|行政)?(?:部门|领导|单位|机构|政府)?们?"
    r"(?:应该?|应当|要|能够?|必须|需要?|可以|得)(?:务必|尽快|立即|尽早|及时|马上|严|抓紧|彻底|认真|切实|高度"
    r"|重视|出面|出台|介入|管|查|给)"
    r"|[需要](?=[^\s，。,]{2,8}(?:部门|局)(?:核查|调查|介入|严查|出面|处理|查处|解决))"
    # 给个说法, 还我公道
    r"|(?:[一-龥\d]{1,4}内)?(?:尽快|必须)?[给还讨要求](?:我们?|俺们?|咱们?|(?:广大|全体)?(?:老?百姓|群众|业主|居民"
    r"|大家|家长|村民|市民|员工|职工|农民工?|学生|孩子|伤者|受害者)们?)?[一个以]{0,2}"
    r"(?:满意|合理|公平|书面|明确|正式|清楚|公正|应有|准确|圆满|具体){0,2}的?"
    r"(?:说法|交代|交待|答复|回复|解释|公道|公平|清白|答案|正义|安宁|安静|清静)(?![是为:：说却])"
)
# 我的诉求就是…: what follows is the demand, whatever verb it begins with.
_ANNOUNCED = re.compile(
    r"(?:诉求|请求|要求|愿望|心愿|目的|想法|愿景)(?:也|其实|只有|就|很简单|不高|有?[一二两三几1-3][个点条]"
    r"|如下|内容|主要|具体|的话|呢|，|,|\s){0,3}"
    r"(?:[就只便]?(?:是|为)(?!我|他|她|了|民|百姓|群众|否|什么|啥|不是|谁|这|合理|正当|正常)(?:希望|要求|请求|想)?|[:：]|就一个[:：，,]|(?<=不高)[，,]|(?<=简单)[，,])[:：\s]{0,2}"
    r"|(?:诉求|请求)(?:如下)?(?=[1一①])"
)
_SUBJECT = (
    r"我们?|俺们?|咱们?|本人|我方|大家|全体|广大|众|部分|全家|业主|居民|村民|家长|住户|群众|老?百姓|工友|市民"
    r"|员工|职工|教师|们|的"
)
_ADVERB = (
    r"在此|在这里|现在?|特此?|故此?|就此|为此|所以|因此|故而|那么?|但是?|只是?|就|也|都|还|并且?|再次?|再三|又"
    r"|同时|另外|此外|最后|首先|其次|一致|强烈|坚决|严正|郑重|诚恳|诚挚|真诚|真的|真心|衷心|迫切|急切|万分|切|恳"
    r"|敢|务|依法|一直|仅|唯一|十分|非常|由衷|热切|殷切|深切|今天?|今日|如果可以|可以的话|主要|无奈|跪|诚"
    r"|地|之下|才|来|此|谨|联名|共同|紧急|如果|若|以上|至少|起码|而且|其实|反正|总之|最好|第[一二三四]|[一二三四五六\d]{1,2}"
    r"|[①-⑨（）()、.．\-—*]"
)
_WORDS = rf"(?:{_SUBJECT}|{_ADVERB})"
_OWN_HEAD = re.compile(rf"{_WORDS}{{0,6}}(?:{_OFFICE}{_WORDS}{{0,4}}){{0,2}}")
_OWN_TAIL = re.compile(
    rf"(?:我们?|俺们?|咱们?|本人|业主们?|村民们?|家长们?|居民们?|住户们?)(?:{_ADVERB}){{0,3}}$"
)
_SUBJECT_OF_WANT = re.compile(r"(?:我们?|俺们?|咱们?|本人)[就只也都现在]{0,3}$")
_CLAUSE = re.compile(r"[，。,!！?？;；:：\s~～…“”\"（(）)\n]")
_NEGATED = re.compile(
    r"(?:不|没有?|未|(?<![特个区分])别|无需|不用|从未|并未|并不|没人|没再|未曾|无|不是|看不到|失去|毫无|抱有?着?|满怀|带着|充满"
    r"|唯一的?|一线|最后的|曾|给了?我们?)(?:有|曾|再|敢|是|想|会|能|了|着|得)?$"
)
_OTHERS = re.compile(
    r"(?:老板|物业|公司|对方|他们?|她|房东|商家|医院|学校|校方|开发商|厂[里方]|包工头|银行|社保局|院方"
    r"|经理|客服|老师|班主任|法院|上面|政策|规定|合同|文件|法律|法规|条例|国家|标准|教练|中介|店[家主员]|医生|护士"
    r"|司机|村委会?|村干部)"
    r"(?:还|却|又|都|就|也|一直|现在|反而|竟然|非|硬|上|中|里|明确|说|们|所|强制|强行|居然|总是|经常|每次|多次"
    r"|天天|突然){0,3}$"
)
_OFFICES = re.compile(
    r"(?:政府|单位|领导|法院|社区|上面|[局厅委办镇县村区市])(?:还|却|又|都|就|也|一直|明确|里|上){0,3}$"
)
_QUOTING = re.compile(
    r"(?:规定|通知|文件|条例|办法|合同|公告|指示|精神|条款|明确|回复|答复|说|称|讲|表示|写[着道明]?|意见|告知)[中里上]?"
    r"[:：，,]?[“\"「]?$"
)
# 要求我们加班: asked of the citizen, not by them.
_OF_ME = re.compile(
    r"(?:要求|希望|申请|要|请求|请|想让)(?:我们?(?!的|能|市|省|县|区|国|小区|村|镇)|俺们?|咱们?|本人|(?:学生|家长|员工|职工|业主|租户"
    r"|居民|住户|村民|乘客|消费者|顾客|患者|农民|商户)(?:们|的?家长)?(?:必须|在|都|先|自己|再|去|每|交|缴|签|买|购买|加班"
    r"|补课|参加|填|自愿|自费|配合|提供|写|搬|出钱|承担|到|办))"
)
_ASKED_OF_US = re.compile(
    r"要求(?:加班|交|缴|补交|签|自费|先[付交]|参加|购买|买|办卡|充值|加价|涨|自愿|一次性交|搬走|写|出示|供给|完善手续|放弃)"
)
_ASKED_OF_US_MOST = 40
# These are said by others as well; 恳请 and 能不能 are the citizen's own.
_ANYBODYS = (
    "强烈",
    "一致",
    "要求",
    "希望",
    "请求",
    "请",
    "想",
    "要",
    "申请",
    "建议",
    "帮",
    "替",
    "只",
    "就",
    "盼",
    "期",
    "求",
)
_BEFORE_NOW = re.compile(r"多次|曾经?|随后|当时|当天|一再|反复|[数几两三]次|之前|后来|于是|已经?向")
_IN_VAIN = re.compile(
    r"[^。！？!?\n；;，,]{2,40}[，,]\s?(?:但|可(?!以|否)|却|无奈|结果|然而|对方|他们?(?=[说不拒却])"
    r"|都?被[^，。]{0,8}拒|[^，。]{0,6}(?:置之不理|拒绝|推脱|推诿|无果))"
)
_STOP = re.compile(
    r"[。！？!?\n；;…]|\.(?!\d)|[，,、~～\s]\s*(?:因为|由于|谢谢|多谢|感谢|否则|不然|但是?|可是|可[每结是却]|却|然而|结果|此致"
    r"|顺便|对了|以上|不知|请问|我(?:叫|姓|是|住|家住|家在|的?(?:电话|手机|名字|联系))|本人(?:姓|叫|是)?[一-龥]{2,3}(?=[。，,]|$)"
    r"|姓名|住址?在?|地址|地点|事情|事发|位[于置]|就在|电话|联系|有事|手机|微信|投诉人|反映人)|谢谢|此致|联系电话|联系方式"
)
_LIST_STOP = re.compile(r"[。！？!?\n；;](?!\s*[（(]?[2-9二三四五六②③④⑤⑥])|谢谢")
_LIST = re.compile(r"\s*[（(]?[1一①][、.．)）:：]?")
_LONGEST, _LONGEST_LIST = 120, 240
_LOOK_BACK = 24
_MOST = 12
_SHORTEST = 3


def find_demands(text: str) -> tuple[Demand, ...]:
    """At most twelve spans from the wish to the end of its sentence, 120 characters each.

    After 我的诉求是 the span begins behind these words; a numbered list is one span. A negated
    wish (不要求赔偿) and the other side's wish (老板要求我们加班) are none.
    """
    found: list[Demand] = []
    at = 0
    for lead, start, inner in sorted(_leads(text)):
        if lead < at:
            continue
        end = _end(text, start, inner)
        if end - start >= _SHORTEST:
            found.append(Demand(start, end, text[start:end]))
            at = end
        if len(found) == _MOST:
            break
    return tuple(found)


def _leads(text: str) -> Iterator[tuple[int, int, int]]:
    """(where a lead begins, where the demand begins, where the lead ends)."""
    for one in _ANNOUNCED.finditer(text):
        if _is_announced(text, one):
            yield one.start(), one.end(), one.end()
    for one in _ANYWHERE.finditer(text):
        if _is_wish(text, one.start()):
            yield one.start(), one.start(), one.end()
    for one in _AT_HEAD.finditer(text):
        if _is_own(text, one):
            subject = _SUBJECT_OF_WANT.search(text[max(0, one.start() - 8) : one.start()])
            start = one.start() - (len(subject.group()) if subject and one["wants"] else 0)
            yield one.start(), start, one.end()


def _is_announced(text: str, match: "re.Match[str]") -> bool:
    before = _clause(text, match.start())
    own = _OWN_HEAD.fullmatch(before) or _OWN_TAIL.search(before.removesuffix("的"))
    return bool(own) and not _NEGATED.search(before)


def _is_wish(text: str, at: int) -> bool:
    before = _clause(text, at)
    if _NEGATED.search(before) or _is_quoted(text, at):
        return False
    if not text.startswith(_ANYBODYS, at):
        return True
    return not (_OTHERS.search(before) or _OF_ME.match(text, at) or _is_told(text, at, before))


def _is_told(text: str, at: int, before: str) -> bool:
    """我们多次要求开发商退房，但对方不理: what was asked in vain before."""
    if not text.startswith(("要求", "请求", "申请"), at):
        return False
    return bool(_BEFORE_NOW.search(before) or _IN_VAIN.match(text, at))


def _is_own(text: str, match: "re.Match[str]") -> bool:
    at = match.start()
    before = _clause(text, at)
    if not _is_wish(text, at) or not _has_own_head(before, match):
        return False
    if match["wants"] and not before and at and match.group().startswith("要"):
        return False
    if not match["asks"]:
        return True
    vocative = match.group().startswith(("望", "盼", "呼"))
    return not (
        (_OFFICES.search(before) and not vocative) or (not before and _is_asked_of_us(text, at))
    )


def _has_own_head(before: str, match: "re.Match[str]") -> bool:
    if match["can"]:
        return not before.endswith(("我", "我们"))
    return bool(_OWN_HEAD.fullmatch(before) or _OWN_TAIL.search(before))


def _is_asked_of_us(text: str, at: int) -> bool:
    """学校打电话来，要求交钱: the subject stands in the clause before."""
    if not _ASKED_OF_US.match(text, at):
        return False
    return any(
        _OTHERS.search(part[: end + 1]) is not None
        for part in [text[max(0, at - _ASKED_OF_US_MOST) : at]]
        for end in range(len(part))
    )


def _is_quoted(text: str, at: int) -> bool:
    before = text[max(0, at - 60) : at]
    opened = max(before.rfind("“"), before.rfind("「"))
    if opened > max(before.rfind("”"), before.rfind("」")):
        return True
    return _QUOTING.search(before) is not None and not re.search(r"[我俺咱][^，。]{0,6}$", before)


def _clause(text: str, at: int) -> str:
    """What stands before `at` in its clause, 24 characters at most."""
    return _CLAUSE.split(text[max(0, at - _LOOK_BACK) : at])[-1]


def _end(text: str, start: int, inner: int) -> int:
    listed = _LIST.match(text, inner)
    stop, longest = (_LIST_STOP, _LONGEST_LIST) if listed else (_STOP, _LONGEST)
    found = stop.search(text, inner, inner + longest)
    end = found.start() if found else min(len(text), inner + longest)
    return start + len(text[start:end].rstrip("，,、 ：:~～"))
