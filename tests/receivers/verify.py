"""`python verify.py LIBRARY <cases`: how one library of this interpreter takes each case."""

from __future__ import annotations

import asyncio
import binascii
import json
import sys
import time
from base64 import b64decode
from collections.abc import Callable
from importlib import import_module
from typing import Any

type Verify = Callable[[str, bytes, dict[str, str]], object]
"""(secret, body, headers) → False, an exception, or it is accepted."""


def part(module: str) -> Any:
    """Installed only where it is measured."""
    return import_module(module)


def standardwebhooks(secret: str, body: bytes, headers: dict[str, str]) -> object:
    from standardwebhooks.webhooks import Webhook

    Webhook(secret).verify(body, headers)
    return True


def svix(secret: str, body: bytes, headers: dict[str, str]) -> object:
    from svix.webhooks import Webhook

    Webhook(secret).verify(body, headers)
    return True


def openai(secret: str, body: bytes, headers: dict[str, str]) -> object:
    part("openai").OpenAI(api_key="none").webhooks.verify_signature(body, headers, secret=secret)
    return True


def resend(secret: str, body: bytes, headers: dict[str, str]) -> object:
    """Takes the values of the headers, whatever they are called."""
    values = {name: headers[f"webhook-{name}"] for name in ("id", "timestamp", "signature")}
    part("resend").Webhooks.verify({"payload": body.decode(), "headers": values, "webhook_secret": secret})
    return True


def eep_signer(secret: str, body: bytes, headers: dict[str, str]) -> object:
    return part("eep_signer").verify_eep_webhook(body.decode(), headers, secret)


def authweave_webhooks(secret: str, body: bytes, headers: dict[str, str]) -> object:
    library, core = part("authweave_webhooks"), part("authweave_core")
    if not secret.startswith("whpk_"):
        raise LookupError("knows v1a alone")
    key = library.models.Ed25519PublicKey(b64decode(secret.removeprefix("whpk_")))
    document = library.models.PublicKeyDocument("1", "test", "doorbell", "hooks", 0, None, (key,))
    verifier = library.verify.StandardWebhooksVerifier(
        library.keys.StaticPublicKeyResolver(document),
        replay_store=core.replay.InMemoryReplayStore(capacity=10, time_source=time.monotonic),
        expected_environment="test",
        expected_owner="doorbell",
        expected_endpoint="hooks",
        time_source=lambda: int(time.time()),
    )
    return asyncio.run(verifier.verify(headers=headers, body=body))


def hooka_relay(secret: str, body: bytes, headers: dict[str, str]) -> object:
    part("hooka_relay").verify_webhook(body, headers, secret)
    return True


def neolife(secret: str, body: bytes, headers: dict[str, str]) -> object:
    return part("neolife.webhooks").verify_webhook(body, headers, secret)


def razcrypto(secret: str, body: bytes, headers: dict[str, str]) -> object:
    part("razcrypto.webhooks").verify(body, headers, secret)
    return True


def timbro_protocol(secret: str, body: bytes, headers: dict[str, str]) -> object:
    part("timbro_protocol._webhooks").verify_webhook_signature(body, headers, secret)
    return True


def xtr_webhook(secret: str, body: bytes, headers: dict[str, str]) -> object:
    request = part("xtr_http_message").ServerRequest("POST", "/", headers, body)
    parser = part("xtr_webhook.client.request_parser").RequestParser(signature_format="standard")
    return asyncio.run(parser.parse(request, secret))


LIBRARIES: dict[str, Verify] = {
    "standardwebhooks": standardwebhooks,
    "svix": svix,
    "openai": openai,
    "resend": resend,
    "eep-signer": eep_signer,
    "authweave-webhooks": authweave_webhooks,
    "hooka-relay-python": hooka_relay,
    "neolife": neolife,
    "razcrypto": razcrypto,
    "timbro-protocol": timbro_protocol,
    "xtr-webhook": xtr_webhook,
}


def verdict(verify: Verify, case: dict[str, Any]) -> str:
    """yes, no, – (not made for it), or the name of an error that is not the library's own refusal."""
    try:
        return "no" if verify(case["secret"], b64decode(case["body"]), case["headers"]) is False else "yes"
    except LookupError:
        return "–"
    except Exception as error:
        name = "binascii.Error" if isinstance(error, binascii.Error) else type(error).__name__
        refused = "Webhook" in name or "Signature" in name or name == "ValueError"
        return "no" if refused else f"`{name}`"


if __name__ == "__main__":
    print(json.dumps([verdict(LIBRARIES[sys.argv[1]], case) for case in json.load(sys.stdin)]))
