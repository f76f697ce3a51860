"""JMESPath expressions: compiled once, checked when written, evaluated within bounds.

https://jmespath.org/specification.html
"""

from dataclasses import dataclass
from typing import Any

from jmespath import exceptions, functions

from doorbell.domain.kept import Kept
from doorbell.payloads.exact import parsed
from doorbell.payloads.meter import Meter, MeteredInterpreter, TooCostly

MAX_EXPRESSION_CHARS = 4096
MAX_DEPTH = 100
"""Of the syntax tree: it is walked by recursion, a few Python frames for each level."""
COMPILED_KEPT = 1024

_BROKEN = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What the library lets out: its own errors are ValueErrors; text compared with a number is a TypeError."""


class ExpressionError(Exception):
    """An expression that cannot be compiled or evaluated; the message holds nothing of the event."""


class TooCostlyExpression(ExpressionError):
    """It would take more steps than it may, or make more text."""


@dataclass(frozen=True, slots=True)
class _Compiled:
    """`tree` is usable exactly when `problem` is None."""

    tree: Any
    problem: str | None


def problem_with(expression: str) -> str | None:
    """Why `expression` cannot be used, or None: for the time it is written."""
    return _compile(expression).problem


def evaluate(expression: str, view: object, *, steps: int, whole: bool = False) -> Any:
    """The result over `view`; raises `ExpressionError`. `whole`: the result will be written out, so its
    size is paid for too."""
    compiled = _compile(expression)
    if compiled.problem is not None:
        raise ExpressionError(compiled.problem)
    meter = Meter(steps)
    try:
        result = MeteredInterpreter(meter).visit(compiled.tree, view)
        if whole:
            meter.spend_on(result, written=True)
    except TooCostly:
        raise TooCostlyExpression("too costly for this event") from None
    except _BROKEN as error:
        raise ExpressionError(_reason(error)) from None
    return result


def _compiled(expression: str) -> _Compiled:
    if len(expression) > MAX_EXPRESSION_CHARS:
        return _Compiled(None, f"longer than {MAX_EXPRESSION_CHARS} characters")
    try:
        tree = parsed(expression)
    except RecursionError:
        return _Compiled(None, "nested too deeply")
    except _BROKEN as error:
        return _Compiled(None, f"not JMESPath: {(str(error) or 'syntax error').splitlines()[0].rstrip(':')}")
    return _Compiled(tree, _problem_in(tree))


_compile = Kept(_compiled, COMPILED_KEPT)


def _problem_in(tree: Any) -> str | None:
    """What the parser lets pass and the evaluation would fail on, every time."""
    if tree["type"] == "expref":
        return "&… stands for an expression only as an argument of a function"
    pending = [(tree, 1)]
    while pending:
        node, depth = pending.pop()
        if depth > MAX_DEPTH:
            return "nested too deeply"
        if node["type"] == "slice":  # its children are numbers
            if node["children"][2] == 0:
                return "a slice's step cannot be 0"
            continue
        if node["type"] == "function_expression" and (problem := _problem_in_call(node)):
            return problem
        pending.extend((child, depth + 1) for child in node["children"])
    return None


def _problem_in_call(node: Any) -> str | None:
    name, given = node["value"], node["children"]
    known = functions.Functions.FUNCTION_TABLE.get(name)
    if known is None:
        return f"there is no function {name}()"
    wanted = known["signature"]
    variadic = bool(wanted) and wanted[-1].get("variadic", False)
    if len(given) < len(wanted) or (len(given) > len(wanted) and not variadic):
        return f"{name}() takes {len(wanted)}{' or more' if variadic else ''} arguments, not {len(given)}"
    for number, (parameter, argument) in enumerate(zip(wanted, given, strict=False), 1):
        is_expression = argument["type"] == "expref"
        if is_expression != (parameter["types"] == ["expref"]):
            return f"{name}(): argument {number} {'cannot' if is_expression else 'must'} be of the form &…"
    return None


def _reason(error: Exception) -> str:
    """The library's message can hold values of the event, so only its kind is told."""
    if isinstance(error, exceptions.JMESPathTypeError):
        return f"{error.function_name}() was given a value of type {error.actual_type}"
    if isinstance(error, RecursionError):
        return "nested too deeply"
    if isinstance(error, TypeError):
        return "values of these types cannot be compared or combined"
    return f"cannot be evaluated ({type(error).__name__})"
