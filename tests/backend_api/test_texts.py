"""Every text for people: there for every code, in Chinese punctuation, without forbidden words."""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "backend_api/notifications/templates"
HALF_WIDTH = re.compile(r"[\u4e00-\u9fff”）][,;:?!]|[,;:?!][\u4e00-\u9fff“（]")
# safety.md: a bot registers; it never accepts, refuses, promises or claims to be human.
FORBIDDEN = (
    "已受理",
    "不予受理",
    "不再受理",
    "保证",
    "一定能",
    "马上就来",
    "正在赶来",
    "撤诉",
    "息诉",
)


def chinese_texts() -> list[tuple[str, str]]:
    found = []
    for file in sorted(TEMPLATES.glob("*.yml")):
        for key, entry in yaml.safe_load(file.read_text(encoding="utf-8")).items():
            found.append((f"{file.stem}.{key}", entry["zh"]))
    for file in sorted((ROOT / "bot/domain").glob("*.yml")):
        domain = yaml.safe_load(file.read_text(encoding="utf-8"))
        for key, variants in domain.get("responses", {}).items():
            for variant in variants:
                choices = [button["title"] for button in variant.get("buttons", [])]
                found += [(key, text) for text in [variant.get("text", ""), *choices]]
    return found


def test_every_refusal_has_plain_words() -> None:
    codes = set()
    for file in (ROOT / "backend_api").rglob("*.py"):
        source = file.read_text(encoding="utf-8")
        pattern = r"(?:NotSignedIn|Forbidden|NotFound|Conflict|TooLong|Invalid|TooMany)Error"
        codes |= set(re.findall(pattern + r"\(\s*\"(\w+)\"", source))
        codes |= set(re.findall(r"_refusal\(\"(\w+)\"\)", source))
    assert len(codes) > 10
    texts = yaml.safe_load((TEMPLATES / "errors.yml").read_text(encoding="utf-8"))
    assert codes <= set(texts)
    assert all(entry["zh"] and entry["en"] for entry in texts.values())


@pytest.mark.parametrize(
    ("key", "text"),
    [pytest.param(*found, id=f"{found[0]}-{n}") for n, found in enumerate(chinese_texts())],
)
def test_texts_are_proper_chinese_and_promise_nothing(key: str, text: str) -> None:
    assert not HALF_WIDTH.search(text), key
    assert not [word for word in FORBIDDEN if word in text], key
