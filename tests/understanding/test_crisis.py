from pathlib import Path

import pytest
import yaml

from backend_api.notifications.texts import has_citizen_text
from backend_api.understanding.alarm import crisis_script, judge_crisis
from backend_api.understanding.models import DATA
from tests.understanding.conftest import Read

HELD_OUT = Path(__file__).with_name("held_out_dangers.yml")


@pytest.mark.parametrize(
    ("text", "level", "kind"),
    [
        ("我不想活了", 2, "self_harm"),
        ("老板说要弄死我", 2, "violence"),
        ("他们放话要打死我们全家", 2, "violence"),
        ("活着没意思了", 2, "self_harm"),
        ("要不到钱我就跳楼", 2, "self_harm"),
        ("药都买好了，今晚就解脱", 3, "self_harm"),
        ("我已经站在楼顶了", 3, "self_harm"),
        ("替我照顾好孩子", 3, "self_harm"),
        ("老公喝了酒就打我", 2, "domestic_violence"),
        ("他正在砸门，要打死我", 3, "domestic_violence"),
        ("我拿着刀去找老板拼命", 3, "threat_to_others"),
        ("真想把他砍死", 2, "threat_to_others"),
        ("老师猥亵我女儿", 2, "minor"),
        ("楼下着火了，快来人", 3, "fire_or_accident"),
        ("我唔想活了，想自殺", 2, "self_harm"),
    ],
)
def test_danger_is_seen(text: str, level: int, kind: str, read: Read) -> None:
    analysis = read(text)

    assert analysis.crisis.level >= level
    assert kind in analysis.crisis.kinds
    assert analysis.urgency == "crisis"
    assert all(text[one.start : one.end] for one in analysis.crisis.evidence)


@pytest.mark.parametrize(
    "text",
    [
        "气死我了",
        "跳楼价处理衣服是假的",
        "抽烟就是慢性自杀",
        "累死了，笑死我了",
        "想死你了",
        "手机老死机",
        "一刀切的政策不合理",
        "河里的鱼都死了",
        "我只想讨个说法",
        "餐厅的火锅吃坏肚子",
    ],
)
def test_idiom_is_no_danger(text: str, read: Read) -> None:
    assert read(text).crisis.level == 0


@pytest.mark.parametrize("text", ["儿子服毒自杀身亡，医院不赔", "十年前我想过自杀，早过去了"])
def test_a_danger_that_is_over_is_no_alarm(text: str, read: Read) -> None:
    assert read(text).crisis.level == 1


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("隔壁那个人扬言要砍死我", "violence"),
        ("他说我再告就弄死我", "violence"),
        ("他说我要是敢报警就砍死我全家", "violence"),
        ("我让黑中介的人给扣住了 救我", "violence"),
        ("他们把我关在一个院子里", "violence"),
        ("村霸带了一帮人来砸门打人", "violence"),
        ("有人拿我的不雅视频威胁我要钱", "violence"),
        ("前男友说不复合就把我的裸照发网上", "violence"),
        ("他要把我裸体视频发出去", "violence"),
        ("外面要打起来了", "violence"),
        ("妈 对不起 那瓶安定我全吃了", "self_harm"),
        ("别找我了 药吃光了", "self_harm"),
        ("一整瓶药都吞下去了", "self_harm"),
        ("老伴没了 我也想随他去了", "self_harm"),
        ("想下去陪我儿子", "self_harm"),
        ("股票亏光了 我想跳楼", "self_harm"),
        ("婆婆把我反锁在家里", "domestic_violence"),
        ("男朋友把我绑起来了", "domestic_violence"),
        ("老公不让我出门 把门反锁了", "domestic_violence"),
        ("他去年打过我 现在又打我", "domestic_violence"),
        ("我爸从小时候就打我一直到现在", "domestic_violence"),
        ("楼板垮了 工友被埋住了 快救人", "fire_or_accident"),
        ("矿上塌方了 我们两个人压在下面", "fire_or_accident"),
        ("脚手架倒了砸伤好几个工人了", "fire_or_accident"),
        ("液化气罐漏了 满屋子味", "fire_or_accident"),
        ("厨房里全是煤气味 我恶心", "fire_or_accident"),
        ("有人掉下去了 快来", "fire_or_accident"),
        ("我好怕 有人掉下去了", "fire_or_accident"),
        ("可能煤气漏气了", "fire_or_accident"),
        ("我爸哮喘发作了", "medical"),
        ("我妈突然晕倒了 叫不醒", "medical"),
        ("我老婆羊水破了", "medical"),
    ],
)
def test_danger_told_in_few_words_is_an_alarm(text: str, kind: str) -> None:
    crisis = judge_crisis([text])

    assert crisis.level >= 2
    assert kind in crisis.kinds


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("我们村准备一起去信访局集体上访", id="petitioning together"),
        pytest.param("明天我们几十个人去堵路", id="protest"),
        pytest.param("过几天集体去法院立案", id="going to court together"),
        pytest.param("下周我要去政府门口交材料", id="an errand"),
        pytest.param("小时候我爸打我 现在分房没我的份", id="long ago, before the match"),
        pytest.param("我老公以前打我 现在要孩子抚养费", id="long ago, inside the match"),
        pytest.param("下水道没盖 万一有人掉下去谁负责", id="supposed"),
        pytest.param("广告牌松了 怕掉下来砸到人了", id="feared"),
        pytest.param("看这账单 我不想活了才怪", id="mocked"),
        pytest.param("油价涨成这样大家都想跳楼", id="a price"),
        pytest.param("老板想让谁死就让谁死", id="rhetoric"),
        pytest.param("物业把我锁在门外", id="locked out"),
        pytest.param("孩子被关在校门外", id="kept out"),
        pytest.param("高血压药都吃完了去哪买", id="out of medicine"),
        pytest.param("我想跟他去民政局", id="going with somebody"),
        pytest.param("房贷压得喘不过气", id="a figure of speech"),
        pytest.param("我哥心脏病犯了送到医院花了三万 医保不报", id="an illness treated"),
    ],
)
def test_what_is_no_emergency_raises_no_alarm(text: str) -> None:
    assert judge_crisis([text]).level <= 1


def test_illness_told_in_a_long_complaint_is_no_alarm() -> None:
    story = "化工厂的废气排了三年，村里有人口吐白沫，环保局来过两次都说达标。" * 4

    assert judge_crisis([story]).level <= 1


def test_every_alarm_has_its_text() -> None:
    raw = yaml.safe_load((DATA / "crisis" / "lexicon.yml").read_text(encoding="utf-8"))
    kinds = {one["kind"] for one in raw["entries"] if one["level"] >= 2}
    kinds |= {one["kind"] for one in raw["bare"]}

    assert "group_action" not in kinds
    assert [one["text"] for one in raw["scripts"] if not has_citizen_text(one["text"])] == []
    assert [kind for kind in sorted(kinds) if not has_citizen_text(f"crisis_{kind}")] == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("我买了一瓶农药放在床底下", "self_harm"),
        ("刚去镇上买了老鼠药", "self_harm"),
        ("我弄了点敌敌畏回来", "self_harm"),
        ("毒药我都藏好了，老鼠药我都藏好了", "self_harm"),
        ("有个男的提着菜刀在我家门口", "violence"),
        ("他带着铁棍堵在车间门口", "violence"),
        ("邻居拿着砍刀站在院子里", "violence"),
        ("楼道里有个醉汉举着斧子来我家门口", "violence"),
        ("煤气漏了", "fire_or_accident"),
        ("厨房煤气漏了怎么办", "fire_or_accident"),
        ("我家燃气管漏了", "fire_or_accident"),
        ("闻到一股煤气味", "fire_or_accident"),
        ("天然气表漏气", "fire_or_accident"),
        ("家里着火了咋办", "fire_or_accident"),
        ("奶奶让我大伯锁在柴房里", "domestic_violence"),
        ("大哥把老母亲锁在屋里自己出去打工", "domestic_violence"),
        ("我外婆被儿媳妇虐待", "domestic_violence"),
        ("叔叔一家不给奶奶吃饭", "domestic_violence"),
        ("隔壁老奶奶天天被儿子打", "domestic_violence"),
        ("嫂子天天挨打，不敢跟人说", "domestic_violence"),
        ("我姐夫喝了酒就打我姐", "domestic_violence"),
        ("楼上男的经常打老婆", "domestic_violence"),
        ("我闺蜜经常被她老公打", "domestic_violence"),
        ("邻居家孩子天天挨打", "minor"),
    ],
)
def test_danger_that_is_only_hinted_at_or_told_by_others_is_an_alarm(text: str, kind: str) -> None:
    crisis = judge_crisis([text])

    assert crisis.level >= 2
    assert kind in crisis.kinds


@pytest.mark.parametrize(
    "text",
    [
        "买了农药打虫",
        "我买了农药除草，结果秧苗全黄了",
        "在农资店买了农药没效果",
        "网上买了老鼠药毒老鼠",
        "我家买了农药喷果树",
        "有人拿刀在楼下砍树",
        "有人拿着刀在门口卖西瓜",
        "他拿着刀具在学校门口推销",
        "燃气公司说管道漏了三个月一直没换",
        "煤气漏气检测要收费吗",
        "煤气费涨了",
        "要是哪天着火了怎么办",
        "婆婆被儿子关在门外",
        "我妈被儿子送去养老院",
        "老人被儿子打电话骗了钱",
        "学校不让孩子吃饭",
        "他天天打我老婆电话",
        "他老是打妹妹的主意",
        "领导经常打官腔",
        "医生让我先把药买了再检查",
        "儿子被同学推倒，要求严惩打人凶手",
        "我弟弟天天打游戏",
    ],
)
def test_words_that_only_sound_alike_are_no_alarm(text: str) -> None:
    assert judge_crisis([text]).level <= 1


@pytest.mark.parametrize(
    ("pieces", "kinds"),
    [
        pytest.param(["我13岁，我爸喝酒就打我"], ["minor", "domestic_violence"], id="a child"),
        pytest.param(["我上初二，爸爸拿皮带抽我"], ["minor", "domestic_violence"], id="its school"),
        pytest.param(["我是小学生 后妈天天打我"], ["minor", "domestic_violence"], id="a pupil"),
        pytest.param(
            ["我13岁", "我爸喝了酒就打我"], ["minor", "domestic_violence"], id="in pieces"
        ),
        pytest.param(["我14岁 我不想活了"], ["self_harm", "minor"], id="a life first"),
        pytest.param(["我今年九岁家里着火了"], ["fire_or_accident", "minor"], id="fire first"),
        pytest.param(["老公打我还打孩子"], ["domestic_violence", "minor"], id="a mother"),
        pytest.param(["我是初中老师，老公天天打我"], ["domestic_violence"], id="a teacher"),
        pytest.param(["我十岁的女儿被打，老公也打我"], ["domestic_violence"], id="her daughter"),
    ],
)
def test_the_kind_whose_words_the_citizen_needs_first_comes_first(
    pieces: list[str], kinds: list[str]
) -> None:
    found = judge_crisis(pieces).kinds

    assert list(found[: len(kinds)]) == kinds


def test_a_child_in_the_turn_before_is_still_a_child() -> None:
    assert judge_crisis(["爸爸又打我"], before="我十二岁，").kinds[0] == "minor"


def test_every_kind_has_its_place_in_the_order() -> None:
    raw = yaml.safe_load((DATA / "crisis" / "lexicon.yml").read_text(encoding="utf-8"))
    kinds = {one["kind"] for one in (*raw["entries"], *raw["bare"])}

    assert kinds == set(raw["order"])
    assert len(raw["order"]) == len(kinds)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("我妈倒在厕所里叫也不应", id="does not answer"),
        pytest.param("我爸突然倒地上没反应了", id="down"),
        pytest.param("老爸好好的突然一头栽下去了", id="a fall of itself"),
        pytest.param("有个大爷摔倒在路边一动不动", id="a stranger"),
        pytest.param("12号楼有人晕倒了", id="a number of a house is no day"),
        pytest.param("同事从架子上摔下来动不了了", id="from a height"),
        pytest.param("工友触电了 人没反应", id="current"),
        pytest.param("工人中暑倒在工地上了", id="heat"),
        pytest.param("我侄子掉水里捞上来没气了", id="water"),
        pytest.param("宝宝噎住了", id="choking"),
        pytest.param("孩子抽搐不醒", id="a fit"),
        pytest.param("外婆突然不会说话了 嘴也歪了", id="a stroke"),
        pytest.param("我手指头被切断了流好多血", id="blood"),
        pytest.param("老板的手被搅拌机绞进去了", id="a machine"),
        pytest.param("我女儿误喝了洁厕灵", id="swallowed"),
        pytest.param("舅舅喝了农药", id="poison"),
        pytest.param("我被蛇咬了 头晕", id="a bite"),
        pytest.param("上个月刚出院 现在又昏过去了", id="now again"),
        pytest.param("我爸晕倒了，老板不管", id="and nobody helps"),
    ],
)
def test_who_collapses_or_does_not_react_needs_an_ambulance(text: str) -> None:
    crisis = judge_crisis([text])

    assert crisis.level == 3
    assert {"medical", "fire_or_accident"} & set(crisis.kinds)


@pytest.mark.parametrize(
    "text",
    [
        "我爸上个月晕倒了 送医院花了两万",
        "去年我爸摔倒住院后来好了",
        "三年前他打过我",
        "她上次晕倒是因为低血糖",
        "孩子3岁时抽搐过",
        "我爸10月3号在工地摔下来昏迷了 老板不出钱",
        "工友从架子上掉下来骨折了 要赔偿",
        "医生误诊 我妈昏迷半个月 医院不承认",
        "上次着火了 现在已经处理完了",
        "煤气漏过一次，已经修好了",
        "老板娘气得晕过去了",
        "我爸瘫痪在床动不了 低保停了",
        "投诉了没反应",
        "班主任打了孩子 家长群里没反应",
        "我爱人跟厂里说了没反应",
        "手机摔地上没反应了",
        "孩子的车没气了",
    ],
)
def test_what_is_settled_or_no_illness_calls_nobody(text: str) -> None:
    assert judge_crisis([text]).level <= 1


@pytest.mark.parametrize(
    "text", ["去年离婚的 现在他又来砸门打我", "去年嫁过来 他就一直打我", "前年结婚以后老公天天打我"]
)
def test_what_began_long_ago_and_goes_on_is_an_alarm(text: str) -> None:
    assert judge_crisis([text]).level >= 2


@pytest.mark.parametrize(
    "text",
    [
        "昨天下夜班电梯停了，我被关在里面快一个钟头",
        "我爸上周困在电梯里，被关在里面半个多小时，物业说会修",
        "前天停电，孩子困在电梯里二十分钟，吓得直哭",
        "去年冬天门禁坏了，我被锁在楼道里一晚上",
        "我家孩子周三被关在电梯里十几分钟，幸好没事",
        "我被关在电梯里半小时，物业只会道歉",
    ],
)
def test_who_was_shut_in_and_is_out_is_no_alarm(text: str) -> None:
    assert judge_crisis([text]).level <= 1


@pytest.mark.parametrize(
    "text",
    [
        "我被他关在屋里出不去",
        "有人困在电梯里还没出来",
        "这电梯上个月刚修过，孩子困在电梯里出不来",
        "我被关在电梯里二十分钟了没人来",
        "我被困在电梯里半小时，打了电话没人接",
        "昨晚我被关在仓库里，到现在都出不去",
        "昨天老板把我们关在宿舍不让走",
        "我被反锁在房间三天了",
    ],
)
def test_who_is_shut_in_is_in_danger(text: str) -> None:
    assert judge_crisis([text]).level >= 2


@pytest.mark.parametrize(
    "text",
    [
        "我快晕过去了",
        "头好痛，感觉要晕倒了",
        "胸口闷得很，我快不行了",
        "独居老人几天没动静敲门没人应",
        "楼下一个人住的大爷三天没出门了，怎么敲门都没人应",
        "隔壁独居的老太太好几天没见人，打电话也不接",
        "对门老奶奶敲门没人应，两天没看见她了",
    ],
)
def test_who_faints_or_is_not_heard_of_is_in_danger(text: str) -> None:
    crisis = judge_crisis([text])

    assert (crisis.level, crisis.kinds[0]) == (3, "medical")


@pytest.mark.parametrize(
    "text",
    [
        "气得我快晕过去了",
        "车间里热得快晕倒了，老板不装风扇",
        "公司快不行了，工资发不出来",
        "物业办公室敲门没人应，几天了都没人",
        "独居老人的补贴几天没动静",
        "楼上邻居家漏水，几天没接电话，敲门也不开",
        "上个月楼下独居的大爷几天没动静，后来才知道住院了",
    ],
)
def test_a_closed_door_or_a_hot_workshop_is_no_alarm(text: str) -> None:
    assert judge_crisis([text]).level <= 1


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("宿舍楼往下沉，柱子都歪了眼看要倒", "fire_or_accident"),
        ("工地脚手架正往下垮", "fire_or_accident"),
        ("老屋子晃得咯吱响，我们不敢待了", "fire_or_accident"),
        ("后山塌方把村里人埋了", "fire_or_accident"),
        ("洪水灌进屋里了我们下不来", "fire_or_accident"),
        ("水库大坝像要决口", "fire_or_accident"),
        ("插座冒火花了", "fire_or_accident"),
        ("后面的坡在往下滑，石头滚下来了", "fire_or_accident"),
        ("对面楼冒黑烟", "fire_or_accident"),
        ("我外甥被网友骗到园区回不来", "violence"),
        ("有个男的守在我家门口一直敲门", "violence"),
        ("楼道全是烟，呛得看不见路", "fire_or_accident"),
        ("冷库氨气泄漏了", "fire_or_accident"),
        ("有人掉河里了", "fire_or_accident"),
        ("推土机开到门口了，我奶奶还在屋里", "violence"),
        ("脸被他们砸破了，一直冒血", "violence"),
        ("有个男的一路跟着我到楼下", "violence"),
        ("老板把工友扣着不让回家", "violence"),
        ("我被骗进传销窝点出不来了", "violence"),
        ("我爸拿烟头烫我", "domestic_violence"),
        ("俺家那口子又揍俺", "domestic_violence"),
        ("我爸又打我妈了", "domestic_violence"),
        ("老公打我手机也摔了", "domestic_violence"),
        ("刚才有人抱走小孩", "minor"),
        ("儿子在商场走散了", "minor"),
        ("她才13岁就怀上了", "minor"),
        ("我上初一，同学每天堵着打我", "minor"),
        ("妈妈走了不管我，饿了两天", "minor"),
        ("真的不活了", "self_harm"),
        ("活着实在没啥奔头", "self_harm"),
        ("活着也不晓得图个啥", "self_harm"),
    ],
)
def test_danger_told_without_the_word_for_it_is_an_alarm(text: str, kind: str) -> None:
    crisis = judge_crisis([text])

    assert crisis.level >= 2
    assert kind in crisis.kinds


@pytest.mark.parametrize(
    "text",
    [
        "墙上的裂缝好几年了，物业不来修",
        "电瓶车天天在楼道里充电",
        "我家是危房快塌了，申请改造不批",
        "小区围墙倒了没人修",
        "房价要塌了",
        "房子要倒手卖",
        "楼顶广告牌要倒了",
        "未成年人怀孕怎么办理准生证",
        "楼上装修震得房子晃得厉害",
        "去年洪水把我家房子冲垮了，没给补偿",
        "厂里烟囱天天冒黑烟",
        "楼下烧烤店冒烟熏人",
        "买的充电宝冒烟了，商家不给退",
        "上个月我被人打了流血住院",
        "强拆了我家房子，我爸在家哭",
        "公司扣着工资不让走",
        "老公打我电话要钱",
        "我爸打我妈电话打不通",
        "我种的树不活了",
        "孩子丢了书包",
        "儿子被老师搞得不想上学",
        "我手机掉河里了",
        "学校给同学扇电风扇",
    ],
)
def test_a_hazard_of_long_standing_or_a_like_word_is_no_alarm(text: str) -> None:
    assert judge_crisis([text]).level <= 1


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("我吞了一瓶安眠药", "crisis_self_harm_done"),
        ("割腕了", "crisis_self_harm_done"),
        ("我想跳楼", "crisis_self_harm"),
        ("我儿子没了，我想跳楼", "crisis_self_harm"),
        ("老板骗我，想跳楼", "crisis_self_harm"),
        ("我闺蜜闹着要跳楼", "crisis_third_person"),
        ("对面有个女的坐在窗台要往下跳", "crisis_third_person"),
        ("我女儿走丢了，才四岁", "crisis_missing"),
        ("我十二岁，后妈天天打我", "crisis_minor"),
        ("老师猥亵我女儿", "crisis_child_told"),
        ("我爷爷有痴呆，走丢了，到现在没找到", "crisis_missing"),
        ("有人落水了", "crisis_water"),
        ("帮我报警好吗", "crisis_police"),
        ("有人困在电梯里还没出来", "crisis_shut_in"),
        ("屋顶要塌了", "crisis_collapse"),
        ("楼下着火了", "crisis_fire_or_accident"),
    ],
)
def test_the_words_to_the_citizen_fit_the_danger(text: str, script: str) -> None:
    assert crisis_script(judge_crisis([text]).kinds[0], text) == script


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("我十七岁，爸妈把我赶出来了，在网吧", "minor"),
        ("才十三，家里没人管我，两天没吃饭", "minor"),
        ("土墙歪了，一直在掉土块，我娘住里头", "fire_or_accident"),
        ("房顶裂开老大的口子，又响了，孩子在里面睡着", "fire_or_accident"),
        ("门口那条坡的石头往下滚到我家院子了", "fire_or_accident"),
        ("他把刀架到我脖子上", "domestic_violence"),
        ("我躲在柜子里不敢出声，他疯了一样在找我", "domestic_violence"),
        ("爱人又打我女儿了，身上青一块紫一块", "minor"),
        ("被人骗来这里，手机没收了，不让走", "violence"),
        ("经理把我灌醉带去酒店，我刚醒", "violence"),
        ("我没什么牵挂了，猫也送人了", "self_harm"),
        ("再不给钱我就从楼顶下去", "self_harm"),
        ("我要开车往他们大门撞", "threat_to_others"),
        ("两村的人都拿着锄头围上来了", "violence"),
        ("有人尾随我", "violence"),
        ("我今年14被卖到外省了", "minor"),
        ("12岁，他让我发照片，不发就告诉老师", "minor"),
        ("对门的打我，头都打破了", "violence"),
    ],
)
def test_ideas_near_each_other_are_a_danger(text: str, kind: str) -> None:
    crisis = judge_crisis([text])

    assert crisis.level >= 2
    assert kind in crisis.kinds


@pytest.mark.parametrize(
    "text",
    [
        "我十六岁，想办身份证要什么手续",
        "外墙瓷砖掉了一块，开发商说过了质保",
        "新闻里说有个工地塌了，是真的吗",
        "燃气费怎么又涨了，有股味道的是隔壁餐馆油烟",
        "排队排得我想死",
        "电梯去年困过人，现在修好了",
        "小时候我爸拿皮带打我，现在要我养老",
    ],
)
def test_the_same_ideas_in_an_ordinary_matter_are_none(text: str) -> None:
    assert judge_crisis([text]).level <= 1


def test_an_answered_danger_begins_no_other() -> None:
    assert judge_crisis(["我到我妈家了"], before="老公家暴我三年了，昨晚又打").level == 0
    assert judge_crisis(["活了"], before="我不想").level >= 2


def test_unseen_dangers_are_seen_and_what_sounds_alike_is_not() -> None:
    """The lists alone (with the classifier: test_danger). The floor is what was measured (60 of 77,
    2 of 78), with a little room."""
    told = yaml.safe_load(HELD_OUT.read_text(encoding="utf-8"))

    def alarms(name: str) -> float:
        return sum(judge_crisis([text]).level >= 2 for text in told[name]) / len(told[name])

    assert alarms("danger") >= 0.74
    assert alarms("nothing") <= 0.05
