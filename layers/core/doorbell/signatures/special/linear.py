"""Linear: HMAC-SHA256 of the body, which holds the time itself (`webhookTimestamp`, milliseconds).

The header `Linear-Timestamp` is not signed: it may refuse a request, never save one.
https://linear.app/developers/webhooks#securing-webhooks
"""

from doorbell.domain.errors import SignatureError
from doorbell.signatures.claim import Claim, single
from doorbell.signatures.parsing import inside
from doorbell.signatures.schemes.compiled import check_of
from doorbell.signatures.schemes.scheme import NEVER, Scheme, SignatureAt
from doorbell.signatures.schemes.timestamps import epoch_seconds, require_fresh

SCHEME = Scheme(SignatureAt(headers=("linear-signature",)))
TOLERANCE = 60


def check(claim: Claim) -> None:
    check_of(SCHEME)(claim)
    tolerance = claim.tolerance_or(TOLERANCE)
    if "linear-timestamp" in claim.request.headers:
        text = single(claim.request, "linear-timestamp", "timestamp_malformed")
        require_fresh(epoch_seconds(text, "ms"), claim.now, tolerance)
    data = inside(claim.request)
    stamp = data.get("webhookTimestamp") if isinstance(data, dict) else None
    if stamp is None and tolerance >= NEVER:
        return
    if stamp is None:
        raise SignatureError("timestamp_missing")
    if isinstance(stamp, bool) or not isinstance(stamp, int):
        raise SignatureError("timestamp_malformed")
    require_fresh(stamp / 1000, claim.now, tolerance)
