"""What counts as a scan, and what a code leads to. Pure."""

from collections.abc import Mapping

# In the browser until it is closed, for one site's page, the same for everybody.
SEEN = "opened"


def is_scan(headers: Mapping[str, str], cookies: Mapping[str, str]) -> bool:
    """A person opens the page: no reload in the same browser session, nothing fetched ahead."""
    ahead = "prefetch" in headers.get("sec-purpose", headers.get("purpose", ""))
    page = headers.get("sec-fetch-dest", "document") == "document"
    return SEEN not in cookies and page and not ahead


def page_address(base: str, code: str) -> str:
    """The page of a site; `base` is where citizens reach the service."""
    return f"{base.rstrip('/')}/c/{code}"
