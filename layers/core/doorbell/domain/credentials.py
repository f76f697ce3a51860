"""Headers that open a door: they are dropped as soon as they have been checked."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final
from urllib.parse import unquote

_CREDENTIAL: Final = re.compile(
    r"authorization|proxy-authorization|cookie2?|set-cookie2?"
    r"|(.*-)?(auth|authorization|credentials?|passcode|passwd|password|secret|token)"
    r"|(.*-)?(access|api|function|functions|private|subscription)-?key"
)
SHORTEST_CREDENTIAL: Final = 6
"""In characters. Less is found in any text."""
_NOT_CREDENTIAL: Final = re.compile(r"(.*-)?(idempotency|continuation|page)-token")
"""Twilio's `i-twilio-idempotency-token` tells one delivery from another; it opens nothing."""


@lru_cache(maxsize=256)
def is_credential(name: str) -> bool:
    """Whether a header (lower-case name) bears something that would let its reader act as the sender.

    Known by the name's last word, so that a shared token (GitLab's `x-gitlab-token`, Telegram's, a
    custom one) does not reach subscribers: who has it can ring as the provider. Signatures can be passed on.
    """
    return bool(_CREDENTIAL.fullmatch(name)) and not _NOT_CREDENTIAL.fullmatch(name)


def without_credentials(headers: Mapping[str, str], secrets: Sequence[str]) -> dict[str, str]:
    """The headers (lower-case names) that may be kept: none that is a credential by its name, and none
    whose value holds one of `secrets`, whatever its name, as it is or as a URL writes it."""
    kept = {name: value for name, value in headers.items() if not is_credential(name)}
    for secret in filter(None, secrets):
        kept = {name: value for name, value in kept.items() if not _holds(value, secret)}
    return kept


def _holds(value: str, secret: str) -> bool:
    return secret in value or ("%" in value and secret in unquote(value))


def is_secret_reference(text: str) -> bool:
    """Whether `text` points at a secret instead of being one."""
    return text.startswith(("ssm:", "secretsmanager:", "kms:"))


def secret_headers(headers: Mapping[str, str]) -> list[str]:
    """Those whose value is a reference, in lower case."""
    return [name.lower() for name, value in headers.items() if is_secret_reference(value)]
