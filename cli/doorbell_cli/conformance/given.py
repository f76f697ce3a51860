"""What a vector gives: its request, its secrets, the options of its source, its time."""

import json
from base64 import b64decode
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from doorbell.domain.requests import RawRequest
from doorbell.signatures.catalogue.entry import Entry
from doorbell.signatures.schemes.scheme import NEVER


def now_of(vector: Mapping[str, Any]) -> float:
    return float(vector.get("now") or 0)


def tolerance_of(vector: Mapping[str, Any]) -> int | None:
    """No clock and a tolerance of 0 both mean that no time is checked, as in the providers' libraries."""
    if vector.get("now") is None or vector.get("tolerance") == 0:
        return NEVER
    tolerance = vector.get("tolerance")
    return None if tolerance is None else int(tolerance)


def request_of(vector: Mapping[str, Any]) -> RawRequest:
    url = str(vector.get("url") or "https://hooks.example.test/in")
    if vector.get("query"):
        url += ("&" if "?" in url else "?") + str(vector["query"])
    parts = urlsplit(url)
    headers = {
        str(name).strip().lower(): ",".join(value) if isinstance(value, list) else str(value)
        for name, value in (vector.get("headers") or {}).items()
    }
    return RawRequest(
        str(vector.get("method") or "POST").upper(), url, parts.path, parts.query, headers, body_of(vector)
    )


def body_of(vector: Mapping[str, Any]) -> bytes:
    if vector.get("body_b64") is not None:
        return b64decode(vector["body_b64"])
    body = vector.get("body")
    if body is None:
        return b""
    return body.encode() if isinstance(body, str) else json.dumps(body).encode()


def secrets_of(entry: Entry, vector: Mapping[str, Any]) -> list[str]:
    """The secret or secrets, and a public key where the entry's secret is one."""
    secret = vector.get("secret")
    if isinstance(secret, Mapping) and "private_key" in secret:
        secret = secret["private_key"]
    elif isinstance(secret, Mapping) and not {"kty", "keys"} & set(secret):
        secret = list(secret.values())
    found = secret if isinstance(secret, list) else [secret]
    options = vector.get("options")
    if entry.name == "wecom" and isinstance(options, Mapping):
        found = [*found, options.get("aes_key")]  # it opens the handshake alone
    if "public_key" not in entry.options and entry.special not in ("sns", "paypal"):
        found = [*found, vector.get("public_key")]
    if entry.special == "paypal":
        found = [*found, vector.get("webhook_id")]
    return [one if isinstance(one, str) else json.dumps(one) for one in found if one]


def options_of(entry: Entry, vector: Mapping[str, Any]) -> dict[str, str]:
    """Members of the vector (or of its `options` or `config`) that are options of the entry."""
    given: dict[str, Any] = {}
    for holder in (vector.get("secret"), vector, vector.get("config"), vector.get("options")):
        if isinstance(holder, Mapping):
            given |= {name: holder[name] for name in entry.options if holder.get(name)}
    options = {name: str(value) for name, value in given.items()}
    if entry.special == "sns" and not str(vector.get("secret")).startswith("arn:"):
        options.setdefault("topic_arn", "*")
    if entry.special == "bearer":
        options.setdefault("allowed_origins", "*")
    return options
