"""Numbers, sizes, shares and times as people write them for `doorbell cost`."""

import re

import typer

from doorbell.domain.sources import MAX_BODY_BYTES
from doorbell.domain.subscriptions import MAX_TIMEOUT_SECONDS

_NUMBER = re.compile(r"(\d+(?:\.\d+)?)\s*([kKmMgG]?)")
_TIME = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s)")
_LONGEST = 20
"""Digits: `float` ends at 308."""
_MOST = 1e12
"""Of what is counted in a month: 386,000 a second, where no model of ours holds any more."""
_COUNTS = {"": 1.0, "k": 1e3, "m": 1e6, "g": 1e9}


def count(text: str, flag: str) -> float:
    found = _NUMBER.fullmatch(text.strip())
    if found is None or len(found[1]) > _LONGEST:
        raise typer.BadParameter(f"{text!r} is not a number. Examples: 500k, 10M, 1G.", param_hint=flag)
    value = float(found[1]) * _COUNTS[found[2].lower()]
    if value > _MOST:
        raise typer.BadParameter("Must be at most 1000G.", param_hint=flag)
    return value


def size(text: str, flag: str) -> float:
    """Bytes; KB and MB are of 1024."""
    found = _NUMBER.fullmatch(text.strip().rstrip("bB"))
    if found is None or len(found[1]) > _LONGEST:
        raise typer.BadParameter(f"{text!r} is not a size. Examples: 800B, 4KB, 1MB.", param_hint=flag)
    value = float(found[1]) * {"": 1, "k": 1024, "m": 1024**2, "g": 1024**3}[found[2].lower()]
    if value > MAX_BODY_BYTES:
        raise typer.BadParameter(f"Must be at most {MAX_BODY_BYTES:,} bytes.", param_hint=flag)
    return value


def share(text: str, flag: str, most: float = 10) -> float:
    """`most`: of whom each is counted once, 1."""
    try:
        value = float(text.strip().removesuffix("%")) / (100 if text.strip().endswith("%") else 1)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a share. Examples: 5%, 0.05.", param_hint=flag) from None
    if not 0 <= value <= most:
        raise typer.BadParameter(f"Must be between 0 and {most:g} ({most:.0%}).", param_hint=flag)
    return value


def milliseconds(text: str, flag: str) -> float:
    found = _TIME.fullmatch(text.strip())
    if found is None or len(found[1]) > _LONGEST:
        raise typer.BadParameter(f"{text!r} is not a time. Examples: 200ms, 2s.", param_hint=flag)
    value = float(found[1]) * (1000 if found[2] == "s" else 1)
    if value > MAX_TIMEOUT_SECONDS * 1000:
        raise typer.BadParameter(
            f"Must be at most {MAX_TIMEOUT_SECONDS:g}s: then an attempt ends.", param_hint=flag
        )
    return value
