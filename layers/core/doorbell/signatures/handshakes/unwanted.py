"""Handshakes where only events are wanted: recognized, and neither answered nor visited."""

from dataclasses import replace
from typing import NoReturn

from doorbell.domain.errors import Refusal
from doorbell.signatures.claim import Claim


def refuse() -> NoReturn:
    raise Refusal(409, "handshake", "a handshake, not an event: let the provider send it again")


def unvisited(claim: Claim) -> Claim:
    """With it a confirmation is told to be one without visiting what it asks to be visited."""
    return replace(claim, fetch=_Nowhere())


class _Nowhere:
    def get(self, url: str, **limits: object) -> bytes:
        return b""
