"""Support desks."""

from doorbell.signatures.catalogue.entry import WRITES, Entry
from doorbell.signatures.catalogue.shapes import body_hmac, ok
from doorbell.signatures.schemes.scheme import Scheme, SignatureAt, TimestampAt

DAY = 86_400

ENTRIES = (
    Entry(
        "intercom",
        "Intercom",
        "https://developers.intercom.com/docs/webhooks/setting-up-webhooks",
        body_hmac("x-hub-signature", prefix="sha1=", algorithm="hmac-sha1"),
        dedupe=("body:id",),
        event_type=("body:topic",),
        unsigned=("head_probe",),
        signed=("intercom_ping",),
        ack=ok(5),
        window_hours=24,
        secret="the app's client secret",
        setup="Developer Hub, Webhooks: endpoint URL.",
        facts={
            "scheme": "developers.intercom.com/docs/webhooks/setting-up-webhooks, signed notifications",
            "dedupe, event_type, ack": "automatelab.tech/saas-webhooks/intercom (2026, secondary)",
            "handshake": "from memory",
            "retry": "once (from memory); after 429 from 1 min on, and 7 days of errors suspend a private"
            " app's (developers.intercom.com/docs/webhooks/webhook-notifications)",
            "addresses": "static.intercomcdn.com/intercom-ips/us/intercom-ip-ranges.json, or /eu/, /au/",
        },
    ),
    Entry(
        "zendesk",
        "Zendesk",
        "https://developer.zendesk.com/documentation/webhooks/verifying/",
        Scheme(
            SignatureAt(headers=("x-zendesk-webhook-signature",), encoding="base64"),
            message=("timestamp", "body"),
            timestamp=TimestampAt(
                headers=("x-zendesk-webhook-signature-timestamp",), unit="rfc3339", tolerance=DAY
            ),
        ),
        methods=WRITES,
        dedupe=("time", "hash"),
        dedupe_before=("header:x-zendesk-webhook-invocation-id",),
        event_type=("body:type",),
        only_json=True,
        ack=ok(10),
        window_hours=48,
        secret="the webhook's signing secret",
        setup="Admin Center, Webhooks: endpoint URL; reveal the signing secret.",
        facts={
            "scheme": "developer.zendesk.com/documentation/webhooks/verifying",
            "event_type": "from memory",
            "tolerance": "none documented",
            "ack": "10 s (alboz.eu/insights/master-webhooks-maximize-stability-performance, 2025, secondary)",
            "retry": "after certain codes, and a circuit breaker"
            " (developer.zendesk.com/api-reference/webhooks/introduction); how long is from memory",
            "addresses": "the account's /ips, egress"
            " (developer.zendesk.com/api-reference/ticketing/account-configuration/public_ips)",
        },
    ),
)
