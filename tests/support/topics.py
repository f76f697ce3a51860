"""A message of a topic, whose proof needs a certificate that must be fetched."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from doorbell.runtime.inbound import GuardedFetch

TOPIC = "arn:aws:sns:eu-west-1:123456789012:orders"
CERTIFICATE = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-00.pem"
OF_A_TOPIC = {"provider": "sns", "options": {"topic_arn": TOPIC}}
"""Fields of its source."""
FROM_A_TOPIC = json.dumps(
    {
        "Type": "Notification",
        "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
        "TopicArn": TOPIC,
        "Message": "{}",
        "Timestamp": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "SignatureVersion": "2",
        "Signature": "AAAA",
        "SigningCertURL": CERTIFICATE,
    }
).encode()


def no_way_out(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is asked for of the guard, which has nothing."""
    asked = list[str]()

    def get(fetch: GuardedFetch, url: str, **_: object) -> bytes:
        asked.append(url)
        raise OSError("no network here")

    monkeypatch.setattr(GuardedFetch, "get", get)
    return asked
