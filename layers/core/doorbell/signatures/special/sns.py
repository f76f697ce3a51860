"""AWS SNS: RSA over chosen fields of the JSON body, with a certificate of Amazon's.

Anybody can have a topic, so the topic is part of the check: option `topic_arn` (several between blanks).
https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
"""

import re
from collections.abc import Mapping

from cryptography.hazmat.primitives import hashes

from doorbell.domain.errors import SignatureError
from doorbell.domain.requests import Answer
from doorbell.signatures.claim import Claim
from doorbell.signatures.parsing import inside
from doorbell.signatures.schemes.timestamps import epoch_seconds, require_fresh
from doorbell.signatures.special import certificates

NOTIFICATION = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
CONFIRMATION = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
SIGNED_FIELDS = {
    "Notification": NOTIFICATION,
    "SubscriptionConfirmation": CONFIRMATION,
    "UnsubscribeConfirmation": CONFIRMATION,
}
ALGORITHMS: dict[str, hashes.HashAlgorithm] = {"1": hashes.SHA1(), "2": hashes.SHA256()}
REGION = r"[a-z]{2}(?:-[a-z]{2,12}){1,3}-[0-9]{1,2}"
"""Nothing else is SNS's own: a bucket's or another service's host may begin with `sns.` too.
https://docs.aws.amazon.com/general/latest/gr/sns.html"""
SOVEREIGN = r"eusc(?:-[a-z]{2,12}){1,3}-[0-9]{1,2}"
"""Regions of the European Sovereign Cloud, by botocore's list of partitions. Their certificates lead to roots
that Amazon's have signed: https://www.amazontrust.com/repository"""
HOST = rf"https://sns\.(?:{REGION}\.amazonaws\.com(?:\.cn)?|{SOVEREIGN}\.amazonaws\.eu)"
CERTIFICATE_URL = re.compile(HOST + r"/SimpleNotificationService-[A-Za-z0-9]{1,64}\.pem")
SUBSCRIBE_URL = re.compile(HOST + r"/\?[A-Za-z0-9&=:%_.~+-]{1,2000}")
NAMES = re.compile(rf"sns(?:\.{REGION})?\.amazonaws\.com(?:\.cn)?|sns(?:\.{SOVEREIGN})?\.amazonaws\.eu")
"""Whose certificate it must be."""
TOLERANCE = 7 * 24 * 3600
_LINE_END = re.compile(r"[\r\n]")
"""In another field than the message it could be the boundary between two of them: what is signed is lines."""


def check(claim: Claim) -> None:
    fields = read(claim)
    _require_topic(fields, claim)
    require_fresh(epoch_seconds(fields["Timestamp"], "rfc3339"), claim.now, claim.tolerance_or(TOLERANCE))
    url = fields.get("SigningCertURL", "")
    if not CERTIFICATE_URL.fullmatch(url):
        raise SignatureError("certificate_url_not_allowed")
    algorithm = ALGORITHMS.get(fields.get("SignatureVersion", ""))
    if algorithm is None:
        raise SignatureError("algorithm_not_allowed")
    raw = certificates.decoded(fields.get("Signature", ""))
    key = certificates.public_key(url, claim, names=NAMES)
    if not certificates.verifies(key, raw, message(fields), algorithm):
        raise SignatureError("signature_mismatch")


def read(claim: Claim) -> Mapping[str, str]:
    """The message's text fields; every field that its type signs (but the optional subject) is there."""
    data = inside(claim.request)
    if not isinstance(data, dict):
        raise SignatureError("signature_missing")
    fields = {name: value for name, value in data.items() if isinstance(value, str)}
    needed = SIGNED_FIELDS.get(fields.get("Type", ""))
    if needed is None or any(name not in fields for name in needed if name != "Subject"):
        raise SignatureError("signature_malformed")
    if not isinstance(data.get("Subject"), str | None):
        raise SignatureError("signature_malformed")
    if any(_LINE_END.search(fields.get(name, "")) for name in needed if name != "Message"):
        raise SignatureError("signature_malformed")
    return fields


def message(fields: Mapping[str, str]) -> bytes:
    names = [name for name in SIGNED_FIELDS[fields["Type"]] if name in fields]
    return "".join(f"{name}\n{fields[name]}\n" for name in names).encode()


def confirm(claim: Claim) -> Answer | None:
    """Answer a proven confirmation: visit `SubscribeURL` for a new subscription, and forward neither kind."""
    fields = read(claim)
    if fields["Type"] == "Notification":
        return None
    if fields["Type"] == "SubscriptionConfirmation":
        if not SUBSCRIBE_URL.fullmatch(fields["SubscribeURL"]):
            raise SignatureError("handshake_malformed")
        certificates.fetch(fields["SubscribeURL"], claim)
    return Answer(200, "", "text/plain; charset=utf-8")


def _require_topic(fields: Mapping[str, str], claim: Claim) -> None:
    allowed = {*claim.parameters.get("topic_arn", "").split(), *claim.secrets}
    if "*" not in allowed and fields["TopicArn"] not in allowed:
        raise SignatureError("topic_not_allowed")
