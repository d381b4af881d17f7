"""A state secret in a message is noticed; ordinary words about secrets are not."""

import pytest

from backend_api.understanding.secrets import may_hold_secret, secrets_among


@pytest.mark.parametrize(
    "text",
    [
        "绝密★启用前 2026年普通高等学校招生考试",
        "文件右上角写的机密★10年，我拍给你们看",
        "秘密☆长期 关于征地的请示",
        "机密 ★ 内部资料",
        "密级：机密 编号0032",
        "我手上有一份绝密文件，里面写了补偿标准",
        "这是机密级的会议纪要，你们看看他们怎么批的",
        "附上机密材料三页",
        "我这有涉密文件可以证明",
        "我把单位涉密电脑里的东西拷出来了",
        "涉密资料发给你们行不行",
        "我掌握国家秘密，要当面说",
        "下面是军事机密，别外传",
        "村后山上的导弹阵地坐标是",
        "军事部署图我拍了照片",
        "部队换防的时间表我有",
        "雷达站的经纬度我发上来",
        "內部絕密文件發給你們",
        "我知道军区的兵力部署",
    ],
)
def test_what_holds_a_state_secret_is_noticed(text: str) -> None:
    assert may_hold_secret(text)


@pytest.mark.parametrize(
    "text",
    [
        "老板说我泄露商业秘密，扣了我工资",
        "他的秘密被我发现了，他外面有人",
        "房东在浴室装了秘密摄像头",
        "保密吗？会不会让村里知道",
        "请给我保密，别说是我讲的",
        "公司让我签保密协议才给赔偿",
        "公司机密文件不是我拿的，凭什么开除我",
        "这又不是国家秘密，为什么不公开账目",
        "他们以涉及国家秘密为由不公开拆迁文件",
        "我要举报他泄露国家秘密",
        "我在涉密岗位干了十年，脱密期不让我出国",
        "涉密工程的农民工工资三个月没发",
        "我当过兵，部队在新疆，退役安置没落实",
        "我是退役军人，优待证一直办不下来",
        "部队家属院漏水没人修",
        "营区旁边的空军机场噪音太大，睡不着",
        "领导开会像军事部署一样，谁也不准请假",
        "个人机密信息被快递公司泄露",
        "秘密跟踪我的人是前夫",
        "村委会的账目对老百姓是秘密",
        "征地补偿方案一直是机密，不给我们看",
        "他在考试里作弊，题是从网上买的",
        "小区的消防图纸物业不给看",
        "海军医院收费太高",
        "这是我们之间的秘密",
        "我有个秘密想告诉你",
        "密码锁坏了，物业不管",
        "国防路口红绿灯坏了",
        "空军大院门口的井盖没了",
        "我儿子想参军，体检没过",
        "算不算国家秘密？村里的低保名单不公示",
        "你们会把我的资料保密吗，有没有保密制度",
        "",
    ],
)
def test_ordinary_words_about_secrets_go_through(text: str) -> None:
    assert not may_hold_secret(text)


def test_only_the_message_that_holds_it_is_set_aside() -> None:
    assert secrets_among(["楼上漏水", "机密★10年 关于…", "没人管"]) == (1,)


def test_a_secret_sent_in_pieces_sets_all_of_them_aside() -> None:
    assert secrets_among(["我手上有一份绝", "密文件"]) == (0, 1)


def test_a_long_text_is_judged_quickly() -> None:
    assert not may_hold_secret("我有机密" * 2500)
