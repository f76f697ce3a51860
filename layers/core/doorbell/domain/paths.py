"""Dotted paths into parsed bodies: names of members, numbers of elements, `[]` for all elements of a list."""

from collections.abc import Sequence

ALL = "[]"


def walk(value: object, path: str) -> object:
    """What is at the dotted `path`, or None. `[]` is what all elements agree on."""
    step, _, rest = path.partition(".")
    if isinstance(value, list) and step == ALL:
        found = [walk(element, rest) if rest else element for element in value]
        return found[0] if found and all(one == found[0] for one in found) else None
    if isinstance(value, dict):
        value = value.get(step)
    elif isinstance(value, list) and step.isdecimal() and len(step) < 10 and int(step) < len(value):
        value = value[int(step)]
    else:
        return None
    return walk(value, rest) if rest else value


def walk_all(value: object, steps: Sequence[str]) -> list[object]:
    """What is at the path in each element of the lists that `[]` stands for; None where it is not there."""
    for number, step in enumerate(steps):
        if step == ALL:
            elements = value if isinstance(value, list) else []
            return [found for one in elements for found in walk_all(one, steps[number + 1 :])]
        value = walk(value, step)
    return [value]


def to_list(path: str) -> str:
    """The part of `path` up to its last `[]`, which names elements; "" where it has none."""
    before, found, _ = f".{path}.".rpartition(f".{ALL}.")
    return f"{before}.{ALL}".removeprefix(".") if found else ""


def scalar(value: object) -> str | None:
    """A text, number or boolean as a text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | float) else None
