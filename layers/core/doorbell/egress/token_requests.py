"""What a token endpoint is asked, and what its answer means (RFC 6749, 4.4, 5.1 and 5.2)."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import dataclass, field
from typing import Final, Literal
from urllib.parse import quote_plus

from doorbell.egress.errors import FetchError

DEFAULT_LIFETIME_SECONDS: Final = 300.0
"""Where the answer does not say: RFC 6749, 5.1 only recommends `expires_in`."""
MARGIN_SECONDS: Final = 60.0
MARGIN_PART: Final = 0.2
"""Of a short lifetime: no more than this part is given up."""
_TOKEN: Final = re.compile(r"[!-~]{1,8192}")
_ERROR_CODE: Final = re.compile(r"[a-z_]{1,40}")

type ClientAuthentication = Literal["basic", "post"]
"""The two forms of RFC 6749, 2.3.1: the Authorization header, which all servers must take, and the body."""


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """`parameters` are sent beside those of RFC 6749: `audience`, say, or `resource` (RFC 8707)."""

    url: str
    client_id: str
    client_secret: str = field(repr=False)
    scope: str = ""
    client_authentication: ClientAuthentication = "basic"
    parameters: tuple[tuple[str, str], ...] = ()

    def key(self) -> tuple[object, ...]:
        """One for all that get the same token. The secret is in it as a hash."""
        secret = hashlib.sha256(self.client_secret.encode("utf-8", "surrogatepass")).hexdigest()
        return self.url, self.client_id, secret, self.scope, self.client_authentication, self.parameters

    def fields(self) -> list[tuple[str, str]]:
        """Those of the form."""
        scope = [("scope", self.scope)] if self.scope else []
        client = [("client_id", self.client_id), ("client_secret", self.client_secret)]
        in_body = client if self.client_authentication == "post" else []
        return [("grant_type", "client_credentials"), *scope, *in_body, *self.parameters]

    def headers(self) -> list[tuple[str, str]]:
        """Identifier and secret are form-encoded before they are joined (RFC 6749, 2.3.1)."""
        if self.client_authentication != "basic":
            return []
        pair = f"{quote_plus(self.client_id)}:{quote_plus(self.client_secret)}"
        return [("authorization", "Basic " + base64.b64encode(pair.encode("ascii")).decode("ascii"))]


def token_in(status: int, body: bytes) -> tuple[str, float]:
    """Token and seconds it may be used. Raises FetchError `oauth_failed`."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        raise _failed(f"token endpoint answered {status} without a JSON object", status)
    if status != 200:
        code = answer.get("error")
        known = code if isinstance(code, str) and _ERROR_CODE.fullmatch(code) else "no error code"
        raise _failed(f"token endpoint answered {status}: {known}", status)
    token = answer.get("access_token")
    if not isinstance(token, str) or not _TOKEN.fullmatch(token):
        raise _failed("token endpoint gave no usable access_token", status)
    if str(answer.get("token_type", "bearer")).lower() != "bearer":
        raise _failed("token endpoint gave a token that is not a bearer token", status)
    lifetime = _lifetime(answer.get("expires_in"))
    return token, max(lifetime - min(MARGIN_SECONDS, lifetime * MARGIN_PART), 0.0)


def _failed(detail: str, status: int) -> FetchError:
    return FetchError("oauth_failed", detail, status=status)


def _lifetime(expires_in: object) -> float:
    """Seconds; some servers send the number as text."""
    if isinstance(expires_in, bool) or not isinstance(expires_in, (int, float, str)):
        return DEFAULT_LIFETIME_SECONDS
    try:
        seconds = float(expires_in)
    except (ValueError, OverflowError):
        return DEFAULT_LIFETIME_SECONDS
    return seconds if 0 <= seconds <= 10**9 else DEFAULT_LIFETIME_SECONDS
