"""Rings as GitHub does: the recorded push, signed, forged, or not signed at all."""

import hashlib
import hmac
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4


@dataclass(frozen=True, slots=True)
class Answered:
    status: int
    body: str
    event_id: str


def push_body(root: Path) -> bytes:
    return (root / "events" / "github-push.body.json").read_bytes()


def signature(secret: str, body: bytes) -> str:
    """https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries"""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def ring(url: str, body: bytes, signed: str | None) -> Answered:
    """POST `body` as a GitHub push with `signed` in its signature header."""
    headers = {
        "content-type": "application/json",
        "user-agent": "GitHub-Hookshot/8f3c1a2",
        "x-github-event": "push",
        "x-github-delivery": str(uuid4()),
    }
    if signed is not None:
        headers["x-hub-signature-256"] = signed
    request = urllib.request.Request(url, data=body, headers=headers, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return Answered(
                response.status, response.read().decode(), response.headers.get("doorbell-event-id", "")
            )
    except urllib.error.HTTPError as error:
        return Answered(error.code, error.read().decode(), "")
