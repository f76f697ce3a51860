"""Provider "hmac": the source's own declaration."""

from doorbell.signatures import digests
from doorbell.signatures.claim import Claim
from doorbell.signatures.declared import parse_scheme


def check(claim: Claim) -> None:
    digests.check(parse_scheme(claim.source.source_id, claim.source.scheme), claim)
