"""Provider "hmac": the source's own declaration, read once for as long as the source is kept."""

from functools import lru_cache

from doorbell.domain.same import Same
from doorbell.domain.sources import Source
from doorbell.signatures.claim import Claim
from doorbell.signatures.schemes.compiled import check_of
from doorbell.signatures.schemes.declared import parse_scheme
from doorbell.signatures.schemes.scheme import Scheme


def check(claim: Claim) -> None:
    check_of(scheme_of(claim.source))(claim)


def scheme_of(source: Source) -> Scheme:
    """`ConfigError` for one that cannot be read."""
    return _scheme(source.source_id, Same(source.scheme))


@lru_cache(maxsize=256)
def _scheme(source_id: str, declaration: Same) -> Scheme:
    """What `parse_scheme` raises is not remembered."""
    return parse_scheme(source_id, declaration.value)
