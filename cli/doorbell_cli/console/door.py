"""The only way into the console: the browser that was given the address.

The first address carries a token. It is good for one use, becomes a cookie that no script can read, and
leaves the address. A page elsewhere can neither read nor post: `Host` must be ours (against DNS rebinding),
the cookie is not sent from elsewhere, and what changes anything must come from one of our own pages.
"""

from collections.abc import Mapping
from hashlib import sha256
from hmac import compare_digest
from secrets import token_urlsafe
from urllib.parse import urlencode

from starlette.datastructures import URL, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

TOKEN = "token"
SAFE_METHODS = frozenset({"GET", "HEAD"})

PAGE_HEADERS: Mapping[str, str] = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}


class Door:
    """`port`: the one that is listened on. Everything else is made anew with each start."""

    def __init__(self, port: int) -> None:
        self._hosts = frozenset({f"127.0.0.1:{port}", f"localhost:{port}"})
        self._port = port
        self._cookie = f"doorbell-console-{port}"
        self._session = token_urlsafe(32)
        self._token: str | None = token_urlsafe(32)

    @property
    def first_url(self) -> str:
        """For the browser of the one who started it, once."""
        return f"http://127.0.0.1:{self._port}/?{urlencode({TOKEN: self._token or ''})}"

    @property
    def form_token(self) -> str:
        """What each form carries."""
        return sha256(f"form {self._session}".encode()).hexdigest()

    def refusal(self, request: Request) -> Response | None:
        """Why it may not come in; None: it may. The one with the token is sent on with its cookie."""
        if request.headers.get("host") not in self._hosts:
            return _no(421, "This is not the address of the console.")
        given = request.query_params.get(TOKEN)
        if given is not None:
            return self._with_token(request, given)
        if not self._knows(request):
            return _no(403, "Open the address that `doorbell console` printed. It is good for one browser.")
        if request.method not in SAFE_METHODS and not self._is_of_our_pages(request):
            return _no(403, "That did not come from a page of the console.")
        return None

    def is_form_token(self, text: str) -> bool:
        return compare_digest(text.encode(), self.form_token.encode())

    def _with_token(self, request: Request, given: str) -> Response:
        known = self._knows(request)
        if not known and (self._token is None or not compare_digest(given.encode(), self._token.encode())):
            return _no(403, "That address was used before. Start `doorbell console` again for a new one.")
        answer = RedirectResponse(_without_token(request.url), 303)
        if not known:
            self._token = None
            answer.set_cookie(self._cookie, self._session, httponly=True, samesite="strict", path="/")
        return answer

    def _knows(self, request: Request) -> bool:
        return compare_digest(request.cookies.get(self._cookie, "").encode(), self._session.encode())

    def _is_of_our_pages(self, request: Request) -> bool:
        """Without referrers a browser sends the `Origin` null with our own forms, and says "same-origin"
        beside it: https://fetch.spec.whatwg.org/#append-a-request-origin-header"""
        origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site")
        if origin in {f"http://{host}" for host in self._hosts}:
            return site in (None, "same-origin")
        return origin in (None, "null") and site == "same-origin"


class DoorKeeper:
    """The door in front of an application, and the headers of all that leaves it."""

    def __init__(self, app: ASGIApp, door: Door) -> None:
        self._app, self._door = app, door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(PAGE_HEADERS)
            await send(message)

        refused = self._door.refusal(Request(scope, receive))
        await (refused or self._app)(scope, receive, with_headers)


def _without_token(url: URL) -> str:
    left = url.remove_query_params(TOKEN)
    return left.path + (f"?{left.query}" if left.query else "")


def _no(status: int, text: str) -> Response:
    return PlainTextResponse(f"{text}\n", status)
