"""The case type, the urgency and for whom a citizen speaks: by rules over the words."""

import re

from backend_api.understanding.analysis import Crisis, Demand, Matter

SEEK, COMPLAINT, QUESTION, HELP, SUGGESTION, REPORT, HAZARD = (
    "求决", "投诉", "咨询", "求助", "建议", "举报", "隐患",
)  # fmt: skip
NO_DEMAND_NEEDED = frozenset({QUESTION, SUGGESTION, REPORT, HAZARD})

_REPORT = re.compile(
    r"(?:举报|检举|揭发|控告)|(?:书记|主任|村长|村支书|局长|科长|所长|镇长|乡长|校长|院长|干部"
    r"|领导|公职人员|民警|法官|城管队长)[^。！？]{0,24}"
    r"(?:贪污|受贿|索贿|行贿|收(?:了)?(?:红包|好处费?|回扣|礼金)|吃拿卡要|挪用|侵吞|私吞|贪了"
    r"|以权谋私|中饱私囊|吃回扣|截留|套取|虚报冒领|贿选|优亲厚友)"
    r"|(?:贪污|挪用公款|套取(?:国家|补贴|资金)|虚报冒领|官商勾结|权钱交易)"
)
_SUGGEST = re.compile(
    r"^(?:您好|你好|领导好?|[，,。！!\s])*(?:我|本人|我们|个人)?(?:想|有个|有一个|提个?|提(?:一个"
    r"|几个|一点|点)?|给[^，。]{0,6}提)?(?:个|一个|几点|一点)?(?:小)?(?:建议|意见(?=[:：，,。]"
    r"|建议)|提议|呼吁)"
    r"|建议(?:政府|有关部门|市里|区里|社区|街道|相关部门|交警|公交|在|将|把|能|增加|增设|取消"
    r"|加强|设置|设立|开通|延长|改|修|对|给)|(?:关于|对于?)[^。]{2,30}的(?:几点)?建议"
    r"|希望能?(?:多|再)?(?:增设|开通|开设|延长|增加)[^。]{0,20}(?:站|线路|班次|路灯|设施|公交"
    r"|厕所|公园|车次)"
)
_HAZARD = re.compile(
    r"(?:安全|消防|火灾|触电|坠落|用电|燃气|交通)?隐患|(?:井盖|消防(?:通道|栓|门|设施)|灭火器"
    r"|护栏|电线|高压线|墙皮|外墙|瓷砖|广告牌|围墙|窨井盖?|路灯|树枝?|大树|化粪池|边坡|路面|河堤"
    r"|桥)[^。！？，]{0,14}"
    r"(?:丢|没了|不见|缺失|缺了|堵|占用|被占|过期|裸露|脱落|掉下?来?|断了?|塌|垂|松动|倾斜|漏电"
    r"|破损?|损坏|坏了|开裂|裂|冒烟|倒)|飞线|(?:电动车|电瓶车)[^。！？，]{0,8}(?:上楼|楼道充电"
    r"|进楼|进电梯)|高空抛物|(?:很|太|十分|非常|特别|好)危险|(?:怕|担心|万一|容易|迟早)(?:要"
    r"|会)?(?:[^。！？，]{0,6})(?:砸到|砸伤|起火|着火|摔|绊|掉下去|触电|出事|出人命)"
)
_ASK = re.compile(
    r"[?？]|请问|想问|问一下|问下|咨询|(?:吗|呢|么)(?:[。！!，,\s]|$)|(?:怎么|如何|怎样)(?:办理?"
    r"|申请|计算?|算|查|交|缴|领|报|认定|处理|走|做|才能|补|转|投诉|维权|起诉)|(?:需要|要)(?:什么"
    r"|哪些|带什么)|多少(?:钱|天|年|岁|时间)|哪里|什么(?:时候|条件|手续|材料|流程|政策|标准)"
    r"|能不能|可不可以|可以吗|是否|算不算|有没有|合法吗|该找谁|找谁|找哪个|去哪"
)
_WRONG = re.compile(
    r"拖欠|断裂|开裂|苦不堪言|诈骗|不发|质量问题|没有(?:加班)?工资|坑人|涨价|欠(?!条)|不给|不肯"
    r"|不退|不赔|不管|没人管|不处理|不解决|不作为|骗|打(?:我|人|伤|了)|吵|漏水|推诿|推脱|踢皮球"
    r"|拒绝|违法|违规|霸占|强占|强行|强制|乱收|投诉|曝光|坑|黑心|欺负|威胁|辱骂|骂|扰民|污染|臭"
    r"|克扣|扣了|克扣|赖账|赖着|失联|跑路|烂尾|开裂|虚假|欺诈|受害|不公|没有?(?:给|退|发|赔|交房)"
    r"|还没|至今|一直(?:没|不)|态度(?:差|恶劣|极差)|无故|私自|擅自|偷|弄坏|堵(?:着|住|了)|占(?:了"
    r"|用|着)|侵占|不合理|受伤|被(?:撞|打|骗|辞退|开除|咬|拆|征|取消|停)"
)
_HELP = re.compile(
    r"救(?:助|救|命)|求助|帮帮|帮助我|帮忙|走投无路|没钱(?:治|看病|吃饭|上学)|吃不(?:上|起)饭"
    r"|无家可归|怎么办|不知道(?:该)?(?:怎么办|找谁)|心里(?:难受|憋屈|堵|苦)|想找人(?:说|聊|倾诉)"
    r"|想聊聊|睡不着|抑郁|焦虑|难受|痛苦|困难(?:补助|家庭|群众)|揭不开锅|失踪|走失|走丢"
)
_PLAINT = re.compile(
    r"投诉|曝光|态度(?:差|恶劣|极差)|扰民|服务差|乱收费|虚假宣传|不作为|霸王条款|噪音|吵"
)

_URGENT = re.compile(
    r"紧急|十万火急|急急|加急|救急|马上(?:就)?要(?:过期|到期|开庭|强拆|拆|动工|倒|塌)|(?:今天"
    r"|明天|今晚|后天)(?:就)?(?:要|会|开庭|强拆|拆|断水|断电|停)|正在(?:强拆|拆|施工|漏|打|堵"
    r"|排放|停电|停水)|老人[^。，]{0,8}(?:没人照顾|晕倒|住院)|(?:没|停)(?:水|电|气"
    r"|暖)[^。，]{0,6}(?:几?[一二两三四五六七八九十\d]+天|好几天|几天)|等(?:着|米|钱)(?:下锅|治病"
    r"|救命|手术|交学费)|(?:手术|住院|抢救)[^。，]{0,8}(?:没钱|等钱|交不起)|露宿|睡大街|赶出来"
    r"|锁(?:被)?换了|断(?:水|电|粮)了?|急(?:用钱|需|死|求|盼|！|!)|尽快|火速|立即"
)
_STRONG_URGENT = re.compile(r"尽快|立即")

_KIN = (
    r"(?:妈妈?|爸爸?|母亲|父亲|老妈|老爸|爹|娘|爷爷|奶奶|外公|外婆|姥姥|姥爷|公公|婆婆|岳父"
    r"|岳母|丈母娘|老公|老婆|丈夫|妻子|爱人|老伴|媳妇|儿子|女儿|闺女|孩子|小孩|弟弟?|妹妹?|哥哥?"
    r"|姐姐?|叔叔?|舅舅?|姑姑?|姨妈?|侄子|侄女|外甥|孙子|孙女|表[哥弟姐妹]|堂[哥弟姐妹]|朋友|同事"
    r"|工友|邻居|同学|闺蜜|室友|老乡|男朋友|女朋友|亲戚|小叔子|嫂子|女婿|儿媳)"
)
_OTHER = re.compile(
    rf"(?:^|[，,。！!？?；;\s]|您好|你好|领导)(?:是)?(?:帮|替|代|为)(?:了)?(?:我们?的?|我家|俺"
    rf"|一个|别人|一位|社区|楼上|隔壁)?(?:一个|一位)?{_KIN}"
    rf"|(?:^|[，,。！!？?；;\s]|您好|你好|请问|反映|叫做?)(?:我|俺|我家|我的|我们家|俺家"
    rf"|咱){_KIN}(?!.{{0,6}}(?:打我|骂我|欠我|借我|骗我|吵|漏水|装修|占|家暴|出轨|和我|跟我|把我"
    rf"|对我|不给我|不让我))"
    rf"|(?:代|帮|替)(?:他|她|他们|老人|居民|群众|人)(?:们)?(?:反映|投诉|问|咨询|登记|申请|报|填|说)"
)
_SELF = re.compile(
    r"(?:我|俺|本人)(?:叫|是|的(?:工资|钱|房|车|地|腿|手|押金|社保)|被|欠|在|住|买|租|干|打工|交"
    r"|花|去年|今年|前)|欠我|我们"
)


def case_type(
    text: str, demands: tuple[Demand, ...], matters: tuple[Matter, ...], crisis: Crisis
) -> str:
    """求决 投诉 咨询 求助 建议 举报 隐患, in the order of what rules most things out."""
    topic = matters[0].code if matters else ""
    if topic == "counselling" or (crisis.level >= 2 and "self_harm" in crisis.kinds):
        return HELP
    if _REPORT.search(text):
        return REPORT
    wrong = bool(_WRONG.search(text))
    if _SUGGEST.search(text) and not re.search(r"欠|不给|被打|退(?:款|钱)|赔", text):
        return SUGGESTION
    if _HAZARD.search(text) and not re.search(r"欠|赔|退(?:款|钱)|工资|骗", text):
        return HAZARD
    if _ASK.search(text) and not wrong and not demands:
        return QUESTION
    return _told(text, demands, wrong=wrong)


def _told(text: str, demands: tuple[Demand, ...], *, wrong: bool) -> str:
    if _PLAINT.search(text):
        return COMPLAINT
    if demands and not wrong and not _HELP.search(text):
        return QUESTION if _ASK.search(text) and re.search(r"请问|咨询", text) else SEEK
    if _HELP.search(text) and not wrong:
        return HELP
    if _OWN.search(text) or demands:
        return SEEK
    return COMPLAINT if wrong else QUESTION if _ASK.search(text) else SEEK


_OWN = re.compile(r"(?:我|俺|咱)(?:们|家)?(?:的|了)?|欠薪|工资|押金|赔偿|退款|补偿")


def urgency(text: str, crisis: Crisis) -> str:
    """crisis from level 2, urgent where time presses, else normal."""
    if crisis.level >= 2:
        return "crisis"
    match = next(
        (one for one in _URGENT.finditer(text) if not _STRONG_URGENT.match(one.group())), None
    )
    return "urgent" if match else "normal"


def role(text: str) -> str:
    """other: filed for somebody else (我妈, 帮我爸, 替邻居); self otherwise."""
    opening = text[:160]
    match = _OTHER.search(opening)
    if not match:
        return "self"
    own = _SELF.search(opening[: match.start()])
    return "self" if own else "other"
