"""Posters from the command line."""

from pathlib import Path

import pytest

from backend_api.operations import posters
from backend_api.operations.folders import DataFolder
from backend_api.operations.messages import FailureError
from backend_api.organisation.models import Site
from backend_api.sites.poster import Form, Size


def test_size_and_format_are_taken_in_any_case() -> None:
    assert posters.wanted("a5", "PDF") == (Size.A5, Form.PDF)
    for size, form in (("A3", "pdf"), ("A4", "gif")):
        with pytest.raises(FailureError, match="A4、A5"):
            posters.wanted(size, form)


def test_the_given_address_comes_before_that_of_the_environment(
    data: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HUALIAO_PUBLIC_URL", raising=False)
    assert posters.is_local(posters.public_address(data, ""))
    monkeypatch.setenv("HUALIAO_PUBLIC_URL", "https://hl.example.test/")
    assert posters.public_address(data, "") == "https://hl.example.test"
    assert posters.public_address(data, "https://other.test") == "https://other.test"


@pytest.mark.parametrize("wrong", ["hl.example.test", "ftp://x.test", "https://", "看这里"])
def test_what_is_no_address_is_refused(data: DataFolder, wrong: str) -> None:
    with pytest.raises(FailureError, match="网址"):
        posters.public_address(data, wrong)


@pytest.mark.parametrize(
    ("address", "local"),
    [
        ("http://127.0.0.1:8080", True),
        ("http://localhost", True),
        ("http://[::1]:8080", True),
        ("https://hl.example.test", False),
        ("http://192.0.2.7:8080", False),
    ],
)
def test_an_address_of_this_machine_alone_is_known(address: str, *, local: bool) -> None:
    assert posters.is_local(address) is local


def test_a_poster_is_written_and_replaces_an_older_one(tmp_path: Path) -> None:
    file = tmp_path / "poster.svg"
    file.write_text("old")
    site = Site(code="abc2345", name="东门", place="")
    posters.write(file, site, "https://hl.example.test", (Size.A4, Form.SVG))
    assert file.read_text().startswith("<svg")
