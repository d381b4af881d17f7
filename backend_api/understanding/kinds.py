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
    r"|以权谋私|中饱私囊|吃回扣|截留|[拿收](?:了|过)(?:人家|别人|他们?|对方|开发商|[^，。！？的我]{0,3}老板|包工头|工程队"
    r"|施工队|承包商|拆迁公司|企业|商户)[^，。！？]{0,3}?的?[^，。！？]{0,2}(?:钱|好处|房子?|车|礼|干股|黑钱)|套取|虚报冒领|贿选|优亲厚友)"
    r"|(?:贪污|挪用公款|套取(?:国家|补贴|资金)|虚报冒领|官商勾结|权钱交易)"
)
# What the authorities pursue of themselves, whoever tells them.
_UNLAWFUL = re.compile(
    r"传销(?!理论)|开设赌场|聚众赌博|赌博(?:机|窝点|场所)|卖淫|涉黄|贩毒|吸毒|黑(?:作坊|诊所|网吧|中介窝点|煤窑|砂场)"
    r"|无证(?:经营|行医|开采|办学)|非法(?:行医|采[砂沙矿石]|开采|集资|采挖|挖[砂沙山]|经营)|私采|盗[采挖伐]|滥伐"
    r"|制假|售假|假药|偷排|作弊"
)
_SUGGEST = re.compile(
    r"^(?:您好|你好|领导好?|[，,。！!\s])*(?:我|本人|我们|个人)?(?:想|有个|有一个|提个?|提(?:一个"
    r"|几个|一点|点)?|给[^，。]{0,6}提)?(?:个|一个|几点|一点)?(?:小)?(?:建议|意见(?=[:：，,。]"
    r"|建议)|提议|呼吁)"
    r"|建议(?:政府|有关部门|市里|区里|社区|街道|相关部门|交警|公交|在|将|把|能|增加|增设|取消"
    r"|加强|设置|设立|开通|延长|改|修|对|给)|(?:关于|对于?)[^。]{2,30}的(?:几点)?建议"
    r"|(?<![的些条个点])建议(?![书被的]|$)|(?:应该|应当|应|能否|可否)(?:考虑)?(?:增设|设立|修?建|完善|推行|改为|采用|引入|开通"
    r"|增加|出台)|希望能?(?:多|再)?(?:增设|开通|开设|延长|增加)[^。]{0,20}(?:站|线路|班次|路灯|设施|公交"
    r"|厕所|公园|车次)"
)
_HAZARD = re.compile(
    r"(?:安全|消防|火灾|触电|坠落|用电|燃气|交通)?隐患|(?:井盖|消防(?:通道|栓|门|设施|出口)"
    r"|(?:安全|疏散|逃生)(?:通道|出口|门)|灭火器"
    r"|护栏|电线|高压线|墙皮|外墙|瓷砖|广告牌|围墙|窨井盖?|路灯|树枝?|大树|化粪池|边坡|路面|河堤"
    r"|桥)[^。！？，]{0,14}"
    r"(?:丢|没了|不见|缺失|缺了|堵|堆|上了?锁|锁[了着死住上]|封[了着死住]|占用|被占|过期|裸露|脱落|掉下?来?|断了?|塌|垂|松动|倾斜|漏电"
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
    r"救助我|救救我|救命(?!稻草|钱)|求助(?!无门|于)|帮帮我|走投无路|没钱(?:治|看病|吃饭|上学)|吃不(?:上|起)饭"
    r"|无家可归|心里(?:难受|憋屈|堵|苦)|想找人(?:说|聊|倾诉)|想聊聊|揭不开锅|失踪|走失|走丢"
)
# In a short message they are the matter, in a long one they colour it.
_HELP_SHORT = re.compile(
    r"帮忙|睡不着|抑郁|焦虑|难受|痛苦|困难(?:补助|家庭|群众)|救助|怎么办|不知道(?:该)?找谁"
)
# 我帮隔壁的王奶奶问一下: who speaks for somebody else begins so, and may ask nothing.
_ASKED_FOR_ANOTHER = re.compile(r"[帮替代][^，。！？,]{1,8}?问(?:一?下|一?问|问看)")
_SHORT = 100
_SURE = 0.45
_PLAINT = re.compile(
    r"投诉|曝光|没人管|态度(?:差|恶劣|极差)|扰民|服务差|乱收费|虚假宣传|不作为|霸王条款|噪音|吵"
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
    troubled = bool(matters) and matters[0].code == "counselling" and matters[0].p >= _SURE
    if troubled or (crisis.level >= 2 and "self_harm" in crisis.kinds):
        return HELP
    owed = bool(_OWED.search(text))
    if _REPORT.search(text) or (not owed and _UNLAWFUL.search(text)):
        return REPORT
    wrong = _kinds_of(_WRONG, text)
    if not owed and _is_suggestion(text, wrong):
        return SUGGESTION
    if not owed and _is_hazard(text, wrong):
        return HAZARD
    if _is_question(text, demands, wrong):
        return QUESTION
    return _told(text, demands, wrong)


def _kinds_of(pattern: re.Pattern[str], text: str) -> int:
    """How many different words of it the text has."""
    return len({match.group() for match in pattern.finditer(text)})


def _is_suggestion(text: str, wrong: int) -> bool:
    """It opens with a suggestion, or it suggests more than it complains."""
    if _SUGGEST_OPENING.search(text[:120]):
        return True
    said = len(_SUGGEST.findall(text))
    accused = wrong + _kinds_of(_ACCUSING, text)
    return bool(said) and accused <= 1 + said and not _OWN_TROUBLE.search(text)


def _is_hazard(text: str, wrong: int) -> bool:
    """A danger is the matter: said early, or little else is."""
    match = _HAZARD.search(text[:_SHORT])
    if match is None or len(text) > 3 * _SHORT:
        return False
    return wrong <= 2 and not _OWN_TROUBLE.search(text)


def _is_question(text: str, demands: tuple[Demand, ...], wrong: int) -> bool:
    """It asks how things are or are done. 怎么办 and 找谁 about one's own trouble is no question
    of that kind, and neither is one that accuses (这合理吗, 没人管吗)."""
    text = _ASKED_FOR_ANOTHER.sub("", text)
    asks = bool(_ASK.search(text))
    if not asks or _acts(demands) or (_HOW_OUT.search(text) and _OWN.search(text) and wrong):
        return False
    opens = _kinds_of(_ASK_OPENING, text)
    accuses = _kinds_of(_ACCUSING, text)
    real = len(_ASK_REAL.findall(text))
    if opens:
        return wrong + accuses <= 1 or wrong + 2 * accuses < real
    return not wrong and not accuses and (len(text) <= 2 * _SHORT or real > 2)


def _asks_for_help(text: str) -> bool:
    return bool(_HELP.search(text) or (len(text) <= _SHORT and _HELP_SHORT.search(text)))


def _acts(demands: tuple[Demand, ...]) -> bool:
    """A demand for more than an answer."""
    return any(not _ANSWER_ONLY.search(one.text) for one in demands)


def _told(text: str, demands: tuple[Demand, ...], wrong: int) -> str:
    complains = _kinds_of(_PLAINT, text)
    if _OWN_TROUBLE.search(text) and complains < 2 and not _PLAINT_OPENING.search(text[:60]):
        return SEEK
    if complains:
        return COMPLAINT
    if not wrong and _asks_for_help(text):
        return HELP
    own = bool(_OWN.search(text))
    accused = wrong + _kinds_of(_ACCUSING, text)
    if accused >= 2 or (accused and not own):
        return COMPLAINT
    if own or demands:
        return SEEK
    return QUESTION if _ASK.search(text) else SEEK


_OWN = re.compile(r"(?:我|俺|咱|本人)(?:们|家)?(?:的|了)?|欠薪|工资|押金|赔偿|退款|补偿")
_OWED = re.compile(
    r"欠(?:薪|款|我|了|着)|拖欠|不给钱|被打|退(?:款|钱|还|押金)|赔(?:偿|我|钱)|骗(?!局)|不发工资"
)
# What was lost or is owed to the citizen: somebody has to settle it.
_OWN_TROUBLE = re.compile(
    r"(?:欠|拖欠|骗|扣|克扣|不给|不发|没给|没发|少发|不退|没退|不赔|不还|没还|不交|不办)(?:了|着)?[^。！？，]{0,10}"
    r"(?:我|俺|工资|工钱|薪|押金|定金|钱|款|房|证|补偿|赔)|(?:工资|工钱|押金|定金|补偿款?|赔偿|货款|工程款|安置房?|房产证"
    r"|不动产证|社保|抚养费)[^。！？，]{0,10}(?:没|不|未|拖|欠|被|至今|一直)|(?:我|俺|我们|我家)(?:家|的|们)?[^。！？，]{0,8}"
    r"(?:被(?:撞|打|骗|辞退|开除|咬|拆|占|砸|扣|拖欠|赶|坑|盗|偷)|受伤|漏水|渗水|摔伤|工伤|损失)|还我|讨回|要回|替我|为我做主"
    r"|(?:怎么办|找谁|找哪个部门|到哪里?说理|去哪里?说理|如何维权)"
)
_PLAINT_OPENING = re.compile(r"投诉|曝光|控诉")
_SUGGEST_OPENING = re.compile(
    r"^(?:尊敬的[^，。：:]{1,12}[，。：:\s]+|您好|你好|领导好?|[，,。！!：:\s])*+(?:我|本人|我们|个人)?(?:强烈|郑重)?"
    r"(?:(?:想?提?|有)[一几两]?[个点条]?(?:小)?建议|希望能?(?:多|再)?(?:增设|开通|开设|延长|增加))"
)
_ASK_OPENING = re.compile(
    r"请问|想问|(?<!过)问一下|问下|咨询(?![了过到]|公司|电话|得知|热线)|想了解|了解一下|想知道|请教(?!育)|请告知|能否告知|求解答|请解答"
)
_ASK_REAL = re.compile(
    r"(?:怎么|如何|怎样)(?:办理?|申请|计算?|算|查|交|缴|领|报|认定|处理|走|做|才能|补|转|投诉|维权|起诉|解决)|什么时候|何时"
    r"|多久|多少|需要(?:什么|哪些)|哪些|是否|能不能|可不可以|可以吗|有没有|有什么|哪里|[?？]"
)
_ACCUSING = re.compile(
    r"难道|凭什么|何在|天理|良心|公平吗|合理吗|有人管吗|没人管|谁来管|何道理|王法|岂能|岂有|可笑|无语|气愤|愤怒|强烈不满|太过分"
    r"|黑心|乱收|强制|强行|不顾|嚣张|敷衍|形同虚设|怎么(?:还|能|可以|就)(?!办)|[都就]不(?:能|可以|应该)[^，。？]{1,14}吗|失误|忽悠|明知故犯|渎职|牟利|谋利|漠视|违背|猖狂"
    r"|霸道|离谱|太贵|[票价费]贵|多收|不公平|坑害|糊弄|走过场|睁一只眼"
)
_ANSWER_ONLY = re.compile(r"解答|答复|回复|告知|解释|说明|了解|明示|指点|指导|回答|解惑|问")
_HOW_OUT = re.compile(
    r"怎么办|找谁|找哪个|去哪里?(?:投诉|说理|反映|讨)|如何(?:维权|解决)|怎么(?:维权|解决|要回)"
)


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
