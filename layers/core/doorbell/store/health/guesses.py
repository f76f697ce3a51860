"""Which parking is a guess of Doorbell's, as a condition: what `domain.after_pause` says of a health."""

from doorbell.domain.health import PARK_MAX_SECONDS

_IS_SHORT = "parked_until > :now AND parked_until <= :far"
_NOT_ASKED = "(attribute_not_exists(asked_until) OR asked_until <> parked_until)"


def guess_at(now: float) -> tuple[str, dict[str, float]]:
    """The condition and its values."""
    return f"{_IS_SHORT} AND {_NOT_ASKED}", {":now": now, ":far": now + PARK_MAX_SECONDS}
