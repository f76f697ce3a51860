"""Numbers, sizes, shares and times as people write them for `doorbell cost`."""

import re

import typer

_NUMBER = re.compile(r"(\d+(?:\.\d+)?)\s*([kKmMgG]?)")
_TIME = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s)")
_LONGEST = 20
"""Digits. No bill is so long, and `float` ends at 308."""
_COUNTS = {"": 1.0, "k": 1e3, "m": 1e6, "g": 1e9}


def count(text: str, flag: str) -> float:
    found = _NUMBER.fullmatch(text.strip())
    if found is None or len(found[1]) > _LONGEST:
        raise typer.BadParameter(f"{text!r} is not a number. Examples: 500k, 10M, 1G.", param_hint=flag)
    return float(found[1]) * _COUNTS[found[2].lower()]


def size(text: str, flag: str) -> float:
    """Bytes; KB and MB are of 1024."""
    found = _NUMBER.fullmatch(text.strip().rstrip("bB"))
    if found is None or len(found[1]) > _LONGEST:
        raise typer.BadParameter(f"{text!r} is not a size. Examples: 800B, 4KB, 1MB.", param_hint=flag)
    return float(found[1]) * {"": 1, "k": 1024, "m": 1024**2, "g": 1024**3}[found[2].lower()]


def share(text: str, flag: str) -> float:
    try:
        value = float(text.strip().removesuffix("%")) / (100 if text.strip().endswith("%") else 1)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a share. Examples: 5%, 0.05.", param_hint=flag) from None
    if not 0 <= value <= 10:
        raise typer.BadParameter("Must be between 0 and 10 (1000%).", param_hint=flag)
    return value


def milliseconds(text: str, flag: str) -> float:
    found = _TIME.fullmatch(text.strip())
    if found is None or len(found[1]) > _LONGEST:
        raise typer.BadParameter(f"{text!r} is not a time. Examples: 200ms, 2s.", param_hint=flag)
    return float(found[1]) * (1000 if found[2] == "s" else 1)
