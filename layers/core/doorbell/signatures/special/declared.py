"""Provider "hmac": the source's own declaration, read once for as long as the source is kept."""

from functools import lru_cache

from doorbell.domain.same import Same
from doorbell.signatures.claim import Claim
from doorbell.signatures.declared import parse_scheme
from doorbell.signatures.scheme import Scheme


def check(claim: Claim) -> None:
    _scheme(claim.source.source_id, Same(claim.source.scheme)).check(claim)


@lru_cache(maxsize=256)
def _scheme(source_id: str, declaration: Same) -> Scheme:
    """What `parse_scheme` raises is not remembered."""
    return parse_scheme(source_id, declaration.value)
