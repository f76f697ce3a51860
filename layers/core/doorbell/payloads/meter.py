"""A bound on what evaluating an expression may cost.

JMESPath has no loops, but `[@,@]|[@,@]|…` doubles a value in six characters: sixty of them ask for more
than any machine has. So every step is charged, and so is the size of every value an expression makes.
"""

from collections.abc import Sequence
from typing import Any

from jmespath import visitor

from doorbell.domain.digits import Digits
from doorbell.payloads.exact import ExactFunctions

MAX_STRING_CHARS = 8 * 1024 * 1024
MAX_MADE_CHARS = 2 * MAX_STRING_CHARS
"""All the text that an evaluation makes, its result written out included. A value that is shared costs its
memory once and is written as often as it is met: 4 KB of expression and 90 KB of event ask for 700 MB."""
CHARS_PER_STEP = 64
"""Copying text is cheap beside visiting a node."""


class TooCostly(Exception):
    """The steps are used up, or a text grew beyond `MAX_STRING_CHARS`, or all of it beyond
    `MAX_MADE_CHARS`."""


class Meter:
    """`steps` left to spend; about a microsecond each."""

    __slots__ = ("chars", "left")

    def __init__(self, steps: int) -> None:
        self.left, self.chars = steps, MAX_MADE_CHARS

    def spend(self, steps: int) -> None:
        self.left -= steps
        if self.left < 0:
            raise TooCostly

    def make(self, chars: int) -> None:
        self.chars -= chars
        if self.chars < 0:
            raise TooCostly

    def spend_on(self, value: Any, *, written: bool = False) -> None:
        """Charge for every node of `value`, a shared one as often as it would be written out; `written`: as
        it will be."""
        self.spend(1)
        pending = [value]
        while pending:
            node = pending.pop()
            if written:
                self.make(_chars(node))
            if isinstance(node, str):
                self.spend(len(node) // CHARS_PER_STEP)
            elif isinstance(node, list):
                self.spend(len(node))
                pending.extend(node)
            elif isinstance(node, dict):
                self.spend(2 * len(node))
                pending.extend(node)
                pending.extend(node.values())


def _chars(node: Any) -> int:
    """About how many a scalar is written with."""
    if isinstance(node, str):
        return len(node)
    if isinstance(node, Digits):
        return len(node.text)
    return node.bit_length() // 3 if isinstance(node, int) else 1


class MeteredFunctions(ExactFunctions):
    """JMESPath's functions, paid for before they are called."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter

    def call_function(self, function_name: str, resolved_args: Any) -> Any:
        self._charge(function_name, resolved_args)
        return super().call_function(function_name, resolved_args)

    def _charge(self, name: str, args: Sequence[Any]) -> None:
        if name in ("to_string", "contains"):  # they look at every node
            self._meter.spend_on(list(args), written=name == "to_string")
            return
        for arg in args:
            if isinstance(arg, str):
                self._meter.spend(len(arg) // CHARS_PER_STEP)
            elif isinstance(arg, (list, dict)):
                self._meter.spend(len(arg))
        if name == "join" and len(args) == 2:
            self._charge_join(args[0], args[1])

    def _charge_join(self, separator: Any, parts: Any) -> None:
        if not isinstance(separator, str) or not isinstance(parts, list):
            return  # the function itself says so
        size = len(separator) * len(parts) + sum(len(part) for part in parts if isinstance(part, str))
        if size > MAX_STRING_CHARS:
            raise TooCostly
        self._meter.make(size)
        self._meter.spend(size // CHARS_PER_STEP)


class MeteredInterpreter(visitor.TreeInterpreter):
    """JMESPath's interpreter, every step of it paid for."""

    def __init__(self, meter: Meter) -> None:
        super().__init__(visitor.Options(custom_functions=MeteredFunctions(meter)))
        self._meter = meter

    def visit(self, node: Any, *args: Any, **kwargs: Any) -> Any:
        self._meter.spend(1)
        return super().visit(node, *args, **kwargs)

    def visit_multi_select_list(self, node: Any, value: Any) -> list[Any] | None:
        made = super().visit_multi_select_list(node, value)
        self._meter.spend_on(made)
        return made

    def visit_multi_select_dict(self, node: Any, value: Any) -> Any:
        made = super().visit_multi_select_dict(node, value)
        self._meter.spend_on(made)
        return made

    def visit_flatten(self, node: Any, value: Any) -> Any:
        base = self.visit(node["children"][0], value)
        if not isinstance(base, list):
            return None
        self._meter.spend(sum(len(element) if isinstance(element, list) else 1 for element in base))
        flat: list[Any] = []
        for element in base:
            flat.extend(element if isinstance(element, list) else (element,))
        return flat

    def visit_comparator(self, node: Any, value: Any) -> Any:
        left, right = (self.visit(child, value) for child in node["children"])
        if isinstance(left, (list, dict)) and isinstance(right, (list, dict)):
            self._meter.spend_on(left)
            self._meter.spend_on(right)
        known: Any = dict(node)
        known["children"] = [{"type": "literal", "value": side, "children": []} for side in (left, right)]
        return super().visit_comparator(known, value)
