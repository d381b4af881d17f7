import ast
import re
import string
from pathlib import Path

import pytest

from backend_api.operations import messages

SOURCES = [
    *Path(messages.__file__).parent.glob("*.py"),
    Path(messages.__file__).parents[1] / "cli.py",
]
TEXTS = {key: text for key, text in messages._texts().items() if key != "first_names"}
CALLS = {"FailureError", "say", "progress", "words"}


def used_keys() -> set[str]:
    found = set()
    for source in SOURCES:
        for node in ast.walk(ast.parse(source.read_text())):
            match node:
                case ast.Call(
                    func=ast.Name(id=name) | ast.Attribute(attr=name),
                    args=[ast.Constant(value=str(key)), *_],
                ) if name in CALLS and source.name != "bootstrap.py":
                    found.add(key)
                case ast.Call(
                    func=ast.Name(id="_found"), args=[_, ast.Constant(value=str(key)), *_]
                ):
                    found |= {f"{key}_bad"}
                case _:
                    pass
    return found


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize(
    ("log", "words"),
    [
        ("started\n", "started"),
        ('{"level": "INFO", "event": "up"}\n', "up"),
        (
            '{"event": "crashed", "exc_info": "Traceback (most recent call last):\\n  x\\n'
            'ModuleNotFoundError: No module named numpy"}\n',
            "ModuleNotFoundError: No module named numpy",
        ),
        ("Traceback …\n  File x\nValueError: no\n", "ValueError: no"),
        ("x" * 400, "x" * 120 + "…"),
        ("", "?"),
    ],
)
def test_a_logs_last_words_are_short_and_plain(tmp_path: Path, log: str, words: str) -> None:
    (tmp_path / "log").write_text(log)
    assert messages.last_words(tmp_path / "log") == words


def test_every_used_key_has_its_words() -> None:
    assert used_keys() - {"doctor_up_good"} <= set(TEXTS)


@pytest.mark.parametrize("key", TEXTS)
def test_every_text_is_one_line_in_both_languages(key: str) -> None:
    text = TEXTS[key]
    assert set(text) == {"zh", "en"}
    assert "\n" not in text["zh"] + text["en"]
    assert fields(text["en"]) <= fields(text["zh"])
    assert re.search("[\u4e00-\u9fff]", text["zh"]) or key == "doctor_python_good"
