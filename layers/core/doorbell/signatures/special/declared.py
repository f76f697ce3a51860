"""Provider "hmac": the source's own declaration, read once for as long as the source is kept."""

from functools import lru_cache

from doorbell.signatures import digests
from doorbell.signatures.claim import Claim
from doorbell.signatures.declared import parse_scheme
from doorbell.signatures.scheme import Scheme


class _Same:
    """Equal to what holds the very same object: a declaration is known by its identity, not read through. It
    is held, so that no other can take its place in memory."""

    __slots__ = ("value",)

    def __init__(self, value: object) -> None:
        self.value = value

    def __hash__(self) -> int:
        return id(self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.value is other.value


def check(claim: Claim) -> None:
    digests.check(_scheme(claim.source.source_id, _Same(claim.source.scheme)), claim)


@lru_cache(maxsize=256)
def _scheme(source_id: str, declaration: _Same) -> Scheme:
    """What `parse_scheme` raises is not remembered."""
    return parse_scheme(source_id, declaration.value)
