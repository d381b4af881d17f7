"""What the bot can say: plain, short, and nothing that safety.md forbids."""

import re
from pathlib import Path

import pytest
import yaml

from tests.engine.conftest import ROOT

LONGEST_SENTENCE = 60
FORBIDDEN = (
    *("已受理", "不予受理", "不再受理", "受理"),  # an officer's decision, never the bot's
    *("马上就来", "正在赶来", "已经有人", "一定能", "保证", "肯定会", "绝对"),
    *("我是人工", "真人客服为您", "我是真人"),
    *("胜诉", "能赢", "会赢", "撤诉", "息诉", "不要上访", "别去法院", "不要起诉"),
    *("您应该早", "都怪", "为什么不早", "证据不足", "必须提供", "请提供证明"),
    *("绝对保密", "永远保密", "抑郁症", "确诊"),
    *("槽位", "实体", "意图", "表单", "系统错误", "参数"),
)


def texts() -> list[tuple[str, str]]:
    found = []
    for each in sorted(Path(ROOT / "bot" / "domain").glob("*.yml")):
        responses = yaml.safe_load(each.read_text("utf-8")).get("responses", {})
        found += [
            (name, line)
            for name, variants in responses.items()
            for variant in variants
            for line in (variant["text"], *(one["title"] for one in variant.get("buttons", [])))
        ]
    return found


@pytest.mark.parametrize(("name", "text"), texts())
def test_a_text_for_citizens_is_short_and_harmless(name: str, text: str) -> None:
    sentences = re.split(r"[。?!?!]", text)
    assert max(len(each) for each in sentences) <= LONGEST_SENTENCE
    assert [word for word in FORBIDDEN if word in text] == []
    assert "你" not in text.replace("你们", ""), "citizens are addressed as 您"
