"""JMESPath over numbers that keep their digits: literals too, and functions that look at a value's type."""

import re
from contextlib import suppress
from typing import Any, ClassVar, Final

from jmespath import ast, functions, parser

from doorbell.domain import json_text
from doorbell.domain.digits import Digits, number

_LITERAL: Final = re.compile(r"`((?:\\.|[^`\\])*)`", re.DOTALL)
_FRACTION: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?=[.eE])(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
"""A number, https://www.rfc-editor.org/rfc/rfc8259#section-6, that is not written as a whole one."""

functions.TYPES_MAP[Digits.__name__] = "number"
functions.REVERSE_TYPES_MAP["number"] += (Digits.__name__,)
"""The library goes by the names of types where it asks for a number."""


def parsed(expression: str) -> Any:
    """The syntax tree. Raises what the library does."""
    return _Parser().parse(expression).parsed


class _Parser(parser.Parser):
    _CACHE: ClassVar[dict[str, object]] = {}
    _MAX_SIZE = 0
    """No cache: the library's own, for all its parsers, has literals as floats."""

    def parse(self, expression: str) -> parser.ParsedResult:
        self._text = expression
        return super().parse(expression)

    def _token_nud_literal(self, token: Any) -> Any:
        value, found = token["value"], _LITERAL.match(self._text, token["start"])
        if found is not None:
            with suppress(ValueError):  # `foo`, which the library takes for a text
                value = json_text.loads_any(found[1].replace("\\`", "`"))
        return ast.literal(value)


class ExactFunctions(functions.Functions):
    """JMESPath's functions."""

    @functions.signature({"types": []})
    def _func_type(self, arg: Any) -> Any:
        return "number" if isinstance(arg, Digits) else _as_the_library("type", self, arg)

    @functions.signature({"types": []})
    def _func_to_string(self, arg: Any) -> str:
        return arg if isinstance(arg, str) else json_text.written(arg)

    @functions.signature({"types": []})
    def _func_to_number(self, arg: Any) -> Any:
        if isinstance(arg, Digits):
            return arg
        if isinstance(arg, str) and _FRACTION.fullmatch(arg):
            return number(arg)
        return _as_the_library("to_number", self, arg)


def _as_the_library(name: str, of: functions.Functions, arg: Any) -> Any:
    return functions.Functions.FUNCTION_TABLE[name]["function"](of, arg)
