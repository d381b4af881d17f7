"""The api as the console sees it: every failure becomes an ApiError."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

import httpx

from console.values import Account, Case, CasePage, SignedIn, Transcript, Waiting, words

TIME_LIMIT = httpx.Timeout(15.0, connect=5.0)


class ApiError(Exception):
    """The api refused, or could not be reached (status 0, code "unreachable")."""

    def __init__(self, status: int, code: str, detail: str = "") -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code
        self.detail = detail


class SignedOutError(ApiError):
    """The token is no longer good: the person signs in again."""


class PasswordChangeRequiredError(ApiError):
    """The one-time password must be replaced before anything else."""


def client(url: str, secret: str) -> httpx.AsyncClient:
    """`secret` makes the api believe us where a request comes from."""
    return httpx.AsyncClient(
        base_url=url, timeout=TIME_LIMIT, trust_env=False, headers={"X-Console-Token": secret}
    )


@dataclass(frozen=True, slots=True)
class Api:
    """One signed-in person's view of the api; without a token only `sign_in` is of use."""

    http: httpx.AsyncClient
    token: str | None = None
    origin: str = ""  # the browser's address, for the api's limits per origin

    async def sign_in(self, username: str, password: str) -> SignedIn:
        body = {"username": username, "password": password}
        return SignedIn.read((await self._call("POST", "/v1/staff/sign-in", body)).json())

    async def change_password(self, old: str, new: str) -> None:
        await self._call("POST", "/v1/staff/password", {"old": old, "new": new})

    async def sign_out(self) -> None:
        await self._call("POST", "/v1/staff/sign-out")

    async def me(self) -> Account:
        return Account.read((await self._call("GET", "/v1/staff/me")).json())

    async def cases(self, before: str | None = None, *, limit: int = 50) -> CasePage:
        query = {"limit": str(limit)} | ({"before": before} if before else {})
        return CasePage.read((await self._call("GET", "/v1/cases", query=query)).json())

    async def case(self, case_id: str) -> Case:
        return Case.read((await self._call("GET", f"/v1/cases/{case_id}")).json())

    async def unmask(self, case_id: str, reason: str) -> dict[str, str]:
        """Field → readable value; the api records who asked, and the reason."""
        answer = await self._call("POST", f"/v1/cases/{case_id}/unmask", {"reason": reason})
        return {field: words(value) for field, value in answer.json()["values"].items()}

    async def messages(self, conversation: str, after: int = 0) -> Transcript:
        path = f"/v1/conversations/{conversation}/messages"
        answer = await self._call("GET", path, query={"after": str(after)})
        return Transcript.read(answer.json())

    async def file(self, conversation: UUID, file: UUID, *, small: bool) -> httpx.Response:
        """As the api sends it: a download, with the headers that keep it one."""
        path = f"/v1/conversations/{conversation}/files/{file}"
        return await self._call("GET", f"{path}/thumbnail" if small else path)

    async def queue(self) -> list[Waiting]:
        body = (await self._call("GET", "/v1/queue")).json()
        return [Waiting.read(item) for item in body["items"]]

    async def accept(self, conversation: str) -> None:
        await self._call("POST", f"/v1/conversations/{conversation}/accept")

    async def reply(self, conversation: str, message_id: UUID, text: str) -> None:
        body = {"message_id": str(message_id), "text": text}
        await self._call("POST", f"/v1/conversations/{conversation}/reply", body)

    async def typing(self, conversation: str) -> None:
        await self._call("POST", f"/v1/conversations/{conversation}/typing")

    async def release(self, conversation: str) -> None:
        await self._call("POST", f"/v1/conversations/{conversation}/release")

    async def _call(
        self,
        method: str,
        path: str,
        body: Mapping[str, str] | None = None,
        *,
        query: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        headers = {"X-Forwarded-For": self.origin} if self.origin else {}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        try:
            answer = await self.http.request(method, path, json=body, params=query, headers=headers)
        except httpx.HTTPError as exc:
            raise ApiError(0, "unreachable") from exc
        if answer.is_success:
            return answer
        raise error_of(answer)


def error_of(answer: httpx.Response) -> ApiError:
    code, detail = problem_in(answer)
    if code == "password_change_required":
        return PasswordChangeRequiredError(answer.status_code, code, detail)
    if answer.status_code == 401 and code != "wrong_credentials":
        return SignedOutError(answer.status_code, code, detail)
    return ApiError(answer.status_code, code, detail)


def problem_in(answer: httpx.Response) -> tuple[str, str]:
    try:
        body = answer.json()
    except ValueError:
        return "unexpected", ""
    match body:
        case {"code": str(code), "detail": str(detail)}:
            return code, detail
        case {"code": str(code)}:
            return code, ""
        case _:
            return "unexpected", ""
