"""Schemes of nobody in particular."""

from doorbell.signatures.catalogue.entry import WRITES, AckRule, Entry
from doorbell.signatures.schemes.scheme import Scheme, SignatureAt, TimestampAt

SPEC = "https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md"
RETRIES = "the sender's own; the specification's example is 9 in 76 h, and 410 ends them"


def standard(
    brand: str,
    *,
    key: str = "whsec",
    version: str = "v1",
    algorithm: str = "hmac-sha256",
    bare: bool = False,
) -> Scheme:
    """Standard Webhooks under a brand's header names; the unbranded names always work too."""
    names = ("webhook",) if brand == "webhook" else (brand, "webhook")

    def header(what: str) -> str:
        return "|".join(f"{name}-{what}" for name in names)

    return Scheme(
        SignatureAt(
            headers=tuple(header("signature").split("|")),
            packing="spaced",
            key=version,
            encoding="base64",
            bare=bare,
        ),
        message=(f"header:{header('id')}", "text:.", "timestamp", "text:.", "body"),
        algorithm=algorithm,
        key=key,
        timestamp=TimestampAt(headers=tuple(header("timestamp").split("|"))),
    )


ENTRIES = (
    Entry(
        "hmac",
        "Any HMAC scheme, declared by the source",
        "https://datatracker.ietf.org/doc/html/rfc2104",
        special="declared",
        methods=WRITES,
        dedupe=("time", "hash"),
        dedupe_before=("nothing",),
        window_hours=1,
        secret="the shared secret",
        setup="Say in the source's `scheme` where the signature is and what it is made over.",
    ),
    Entry(
        "standard-webhooks",
        "Standard Webhooks (HMAC)",
        SPEC,
        standard("webhook"),
        dedupe=("header:webhook-id",),
        event_type=("body:type",),
        window_hours=96,
        secret="`whsec_` and the base64 of the key",
        setup="Paste Doorbell's URL as the endpoint; store the `whsec_…` secret.",
        facts={
            "scheme, dedupe, event_type, tolerance": "standard-webhooks/standard-webhooks, specification"
            " and library tests: the id is the same when sent again",
            "ack": "the sender's own; the specification recommends 15 to 30 s",
            "retry": RETRIES,
        },
    ),
    Entry(
        "standard-webhooks.ed25519",
        "Standard Webhooks (Ed25519)",
        SPEC,
        standard("webhook", key="whpk", version="v1a", algorithm="ed25519"),
        dedupe=("header:webhook-id",),
        event_type=("body:type",),
        window_hours=96,
        secret="`whpk_` and the base64 of the public key",
        setup="Paste Doorbell's URL as the endpoint; store the sender's `whpk_…` public key.",
        facts={
            "scheme, dedupe, event_type, tolerance": "standard-webhooks/standard-webhooks, specification",
            "retry": RETRIES,
        },
    ),
    Entry(
        "svix",
        "Svix",
        "https://docs.svix.com/receiving/verifying-payloads/how-manual",
        standard("svix"),
        dedupe=("header:svix-id|webhook-id",),
        event_type=("body:type",),
        ack=AckRule(limit_seconds=15),
        window_hours=96,
        secret="`whsec_` and the base64 of the key",
        setup="Paste Doorbell's URL as the endpoint; store the `whsec_…` secret.",
        facts={
            "scheme, tolerance": "svix/svix-webhooks, library tests",
            "dedupe, event_type, ack": "from memory: the id is the same when sent again",
            "retry": "7 in 28 h; an answer with `webhook-delivery: abort-message` stops them"
            " (docs.svix.com/retries)",
        },
    ),
)
