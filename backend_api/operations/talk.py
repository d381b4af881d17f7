"""`chat`: a conversation in the terminal over the HTTP channel, as any client would have it."""

import uuid

import httpx

from backend_api.operations.messages import FailureError, Screen

WAIT_SECONDS = 10
TRIES = 3


class Talk:
    """One conversation."""

    def __init__(self, client: httpx.Client, screen: Screen) -> None:
        self._client, self._screen = client, screen
        self._conversation = f"terminal-{uuid.uuid4()}"
        self._after = 0

    def say(self, text: str) -> None:
        body = {
            "conversation": self._conversation,
            "message_id": str(uuid.uuid4()),
            "text": text,
        }
        answer = self._client.post("/v1/chat", json=body)
        if answer.is_error:
            detail = answer.json().get("detail", "") if _is_json(answer) else answer.text[:200]
            self._screen.say("chat_refused", code=answer.status_code, detail=detail)
            return
        self._listen()

    def _listen(self) -> None:
        """Show what comes until a question's answer is there, then what follows at once."""
        for _ in range(TRIES):
            if self._show_new(WAIT_SECONDS):
                break
        else:
            self._screen.say("chat_silent")
        self._show_new(0)

    def _show_new(self, wait: int) -> bool:
        query = {"after": self._after, "wait": wait}
        answer = self._client.get(f"/v1/chat/{self._conversation}", params=query)
        answer.raise_for_status()
        content = answer.json()
        replies = content["items"] if isinstance(content, dict) else content
        for reply in replies:
            self._after = max(self._after, int(reply["seq"]))
            self._screen.plain(f"【{reply['kind']}】{reply['text']}")
            if reply.get("choices"):
                self._screen.plain("　" + "　".join(f"[{choice}]" for choice in reply["choices"]))
        return bool(replies)


def _is_json(answer: httpx.Response) -> bool:
    return "json" in answer.headers.get("content-type", "")


def chat(url: str, token: str, screen: Screen) -> None:
    """Read lines until the end of input or an empty `/exit`."""
    headers = {"Authorization": f"Bearer {token}"}
    screen.say("chat_begins")
    with httpx.Client(base_url=url, headers=headers, timeout=30, trust_env=False) as client:
        talk = Talk(client, screen)
        try:
            while (text := input("> ")) != "/exit":
                if text.strip():
                    talk.say(text)
        except EOFError:
            return
        except httpx.HTTPError as error:
            raise FailureError("needs_up") from error
