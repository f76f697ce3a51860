"""What Doorbell signs, verified by the official Svix library."""

from __future__ import annotations

import time

import pytest
from svix.webhooks import Webhook, WebhookVerificationError

from doorbell.signatures.signing.outgoing import sign

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = b'{"test": 2432232314}'


def test_svix_library_accepts_what_we_sign_also_during_rotation() -> None:
    other = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
    for secrets in ([SECRET], [SECRET, other], [other, SECRET]):
        headers = sign("standard", secrets, "msg_1", int(time.time()), BODY)
        Webhook(SECRET).verify(BODY, headers)
        with pytest.raises(WebhookVerificationError):
            Webhook(SECRET).verify(BODY, headers | {"webhook-id": "msg_2"})


def test_svix_library_refuses_one_byte_changed() -> None:
    headers = sign("standard", [SECRET], "msg_1", int(time.time()), BODY)
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(BODY + b" ", headers)
