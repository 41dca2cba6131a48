"""Speak to WhatsApp, over its Cloud API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chatsim.errors import SendError, SetupError
from chatsim.extras import require
from chatsim.senders.whatsapp_messages import WhatsAppMessages, payload_from
from chatsim.trace import JsonObject

if TYPE_CHECKING:
    import httpx

    from chatsim.senders.recording import RecordingSender

BASE_URL = "https://graph.facebook.com"
TIMEOUT = 30.0


class WhatsAppSender(WhatsAppMessages):
    """Sends messages from one business phone number; chat ids are the phone numbers of the people.

    `send_message` is what steps use with any sender; the other methods send what only WhatsApp has.  All of them
    raise `BadMessage` before anything is sent for what the platform would refuse, and `SendError` with the HTTP
    status and the platform's code if it did refuse or could not be reached.  The access token appears in no
    error, log or repr.

    Args:
        phone_number_id: The id of the business phone number (not the number itself).
        access_token: The token of the app or system user.
        api_version: The version of the Graph API.
        client: The `httpx.Client` to use; by default one of its own, with a time limit of 30 s.
    """

    def __init__(
        self,
        phone_number_id: str,
        access_token: str,
        api_version: str = "v19.0",
        client: httpx.Client | None = None,
    ) -> None:
        self._httpx = require("httpx", "whatsapp", "WhatsAppSender")
        self._token = _Secret(access_token)
        self.phone_number_id = phone_number_id
        self.api_version = api_version
        self.url = f"{BASE_URL}/{api_version}/{phone_number_id}/messages"
        self._client: httpx.Client = client if client is not None else self._httpx.Client(timeout=TIMEOUT)

    def __repr__(self) -> str:
        return f"WhatsAppSender(phone_number_id={self.phone_number_id!r}, api_version={self.api_version!r})"

    def send_message(self, chat_id: str, text: str, options: Any = None) -> None:
        """Send *text*, with *options* if there are any.

        *options* is a list of titles (up to three short ones become buttons, up to ten a list), ``{"buttons":
        […]}``, an interactive object, or a message object such as ``{"type": "image", "image": {"link": …}}``,
        where *text* becomes the caption.  ``context: {"message_id": …}`` in it makes it a contextual reply.
        """
        kind, body, answered = payload_from(text, options)
        self._send(chat_id, kind, body, answered)

    def redirect(self, recorder: RecordingSender) -> None:
        """Record into *recorder* instead of sending; for stand-ins (`chatsim.senders.doubles`)."""
        self._deliver = recorder._deliver  # type: ignore[method-assign]  # noqa: SLF001 - the same hook of its kind

    def _deliver(self, chat_id: str, payload: JsonObject) -> JsonObject:
        message = {"messaging_product": "whatsapp", "recipient_type": "individual", "to": chat_id, **payload}
        httpx = self._httpx
        try:
            # A redirect would carry the message, and perhaps the token, to somebody else.
            response = self._client.post(
                self.url, json=message, headers={"Authorization": f"Bearer {self._token.value}"}, follow_redirects=False
            )
        except httpx.HTTPError as error:
            raise SendError(
                self._token.masked(f"WhatsApp could not be reached: {str(error) or type(error).__name__}")
            ) from None
        answer = _json(response)
        if response.is_success and isinstance(answer, dict):
            return answer
        raise self._refusal(response.status_code, answer)

    def _refusal(self, status: int, answer: Any) -> SendError:
        error = answer.get("error") if isinstance(answer, dict) else None
        if not isinstance(error, dict):
            return SendError(f"WhatsApp answered with status {status}, and no JSON that says why", status=status)
        code = error.get("code")
        details = error.get("error_data")
        more = details.get("details") if isinstance(details, dict) else None
        words = ": ".join(str(part) for part in (error.get("message"), more) if part)
        return SendError(
            self._token.masked(f"WhatsApp refused the message: status {status}, code {code}: {words}"),
            status=status,
            code=code if isinstance(code, int) else None,
        )


class _Secret:
    """A text that does not show itself."""

    __slots__ = ("value",)

    def __init__(self, value: str) -> None:
        if not isinstance(value, str) or not value.strip() or not value.isascii() or not value.isprintable():
            raise SetupError("access_token is a text of printable ASCII characters, and may not be empty")
        self.value = value

    def __repr__(self) -> str:
        return "'***'"

    def masked(self, text: str) -> str:
        """Return *text* with the secret starred out."""
        return text.replace(self.value, "***")


def _json(response: httpx.Response) -> Any:
    try:
        return response.json()
    except ValueError:
        return None
