"""Frozen dataclasses whose instances are made, and made anew, in a fifth of the time.

A frozen dataclass sets each field by a call of `object.__setattr__`: that was a tenth of all that a delivery
takes. Here `__init__` sets them as those of any other object, while it is one of a class beside it
that is not frozen; when it returns, nothing tells the two kinds apart.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, fields
from operator import attrgetter
from typing import Any, dataclass_transform

_UNSET: Any = object()
"""In place of a default that is made for each."""

_known: dict[type, tuple[Callable[[Any], tuple[Any, ...]], Mapping[str, int]]] = {}
"""Of each quick class, and of none that inherits of it: what takes all values of one, and where each is."""


@dataclass_transform(frozen_default=True)
def quick[T](cls: type[T]) -> type[T]:
    """As `@dataclass(frozen=True, slots=True)`; not worth it with less than four fields. `TypeError` for a
    class that does more than set its fields."""
    made: Any = dataclass(frozen=True, slots=True, init=False)(cls)
    its: tuple[Field[Any], ...] = fields(made)
    if hasattr(made, "__post_init__") or not all(one.init and not one.kw_only for one in its):
        raise TypeError(f"{cls.__name__} does more than set its fields")
    thawed = {"__slots__": (), "__setattr__": object.__setattr__, "__delattr__": object.__delattr__}
    made.__init__ = _init(its, {"frozen": made, "thawed": type(cls.__name__, (made,), thawed)})
    made.__init__.__qualname__ = f"{cls.__qualname__}.__init__"
    names = [one.name for one in its]
    _known[made] = attrgetter(*names), {name: place for place, name in enumerate(names)}
    return made  # type: ignore[no-any-return]


def changed[T](value: T, **changes: object) -> T:
    """As `dataclasses.replace`, of a quick one."""
    cls: Any = type(value)
    values_of, places = _known[cls]
    values = list(values_of(value))
    for name, there in changes.items():
        if name not in places:
            raise TypeError(f"{cls.__name__} has no field {name!r}")
        values[places[name]] = there
    made: T = cls(*values)
    return made


def _init(its: tuple[Field[Any], ...], names: dict[str, Any]) -> Any:
    names |= {"become": object.__setattr__, "unset": _UNSET}
    lines = [
        "become(self, '__class__', thawed)",
        *(_set(one, names) for one in its),
        "self.__class__ = frozen",
    ]
    exec(f"def __init__(self, {', '.join(one.name for one in its)}):\n  " + "\n  ".join(lines), names)
    made = names["__init__"]
    made.__defaults__ = tuple(default for one in its if (default := _default(one)) is not MISSING)
    made.__annotations__ = {**{one.name: one.type for one in its}, "return": None}
    return made


def _set(one: Field[Any], names: dict[str, Any]) -> str:
    if one.default_factory is MISSING:
        return f"self.{one.name} = {one.name}"
    names[f"make_{one.name}"] = one.default_factory
    return f"self.{one.name} = make_{one.name}() if {one.name} is unset else {one.name}"


def _default(one: Field[Any]) -> Any:
    return one.default if one.default_factory is MISSING else _UNSET
