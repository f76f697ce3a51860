"""What a scheme signs of a request that it does not sign whole, for delivery keys. Loaded for those."""

from collections.abc import Iterator

from doorbell.signatures.schemes.inside import text_at
from doorbell.signatures.schemes.parts import MAYBE
from doorbell.signatures.schemes.scheme import Scheme

__all__ = ["locators", "text_at"]
OF_REQUESTS = {"body": "inside", "query": "query", "header": "header"}


def locators(scheme: Scheme) -> Iterator[str]:
    """As `facts` reads them, one for each signed part that a request brings."""
    for part in scheme.message:
        found = MAYBE.fullmatch(part.removeprefix("maybe:")) if part.startswith("maybe:") else None
        kind, _, name = (part if found is None else found[2]).partition(":")
        if kind in OF_REQUESTS and name:
            yield f"{OF_REQUESTS[kind]}:{name}"
        elif kind == "timestamp":
            yield "time"
