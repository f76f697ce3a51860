"""DynamoDB's condition, key and update expressions over items in wire form (`{"a": {"N": "1"}}`), as far as
Doorbell uses them. Syntax that is not known raises: a fake that guesses proves nothing.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.html"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

type Item = dict[str, dict[str, Any]]

_TOKEN = re.compile(r"\s*(<=|>=|<>|[()=<>,+]|[A-Za-z0-9_.#:[\]]+)")
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: bool(a == b),
    "<>": lambda a, b: bool(a != b),
    "<": lambda a, b: bool(a < b),
    "<=": lambda a, b: bool(a <= b),
    ">": lambda a, b: bool(a > b),
    ">=": lambda a, b: bool(a >= b),
}


@dataclass(frozen=True, slots=True)
class Given:
    """What an expression is evaluated against."""

    item: Item
    values: Item
    names: Mapping[str, str]


type Condition = Callable[[Given], bool]
type Operand = Callable[[Given], dict[str, Any] | None]
type Change = Callable[[Given, Item], None]


def plain(wire: Mapping[str, Any]) -> Any:
    """A wire value as something that compares."""
    ((kind, value),) = wire.items()
    match kind:
        case "S":
            return value
        case "N":
            return Decimal(value)
        case "M":
            return {name: plain(entry) for name, entry in value.items()}
        case "L":
            return [plain(entry) for entry in value]
        case "NULL":
            return None
        case _:
            return value


def check_used(expressions: list[str], values: Mapping[str, Any], names: Mapping[str, str]) -> None:
    """Placeholders and expressions must fit exactly, as the service demands."""
    used, given = set[str]().union(*map(_placeholders, expressions)), {*values, *names}
    if used != given:
        raise ValueError(f"ValidationException: placeholders {sorted(used ^ given)} in {expressions}")


@lru_cache(maxsize=500)
def _placeholders(expression: str) -> frozenset[str]:
    return frozenset(re.findall(r"[:#]\w+", expression))


@lru_cache(maxsize=500)
def condition(text: str) -> Condition:
    tokens = _tokens(text)
    parsed = _either(tokens)
    if tokens:
        raise ValueError(f"not understood: {tokens} in {text}")
    return parsed


@lru_cache(maxsize=500)
def update(text: str) -> tuple[Change, ...]:
    tokens, changes = _tokens(text), list[Change]()
    while tokens:
        clause = {"SET": _set, "REMOVE": _remove, "ADD": _add}[tokens.pop(0)]
        changes.append(clause(tokens))
        while tokens and tokens[0] == ",":
            tokens.pop(0)
            changes.append(clause(tokens))
    return tuple(changes)


def updated(there: Item, write: Mapping[str, Any]) -> Item:
    """The item after an update_item with these arguments."""
    item = dict(there)
    given = Given(
        there, write.get("ExpressionAttributeValues", {}), write.get("ExpressionAttributeNames", {})
    )
    for change in update(write["UpdateExpression"]):
        change(given, item)
    return item


def _tokens(text: str) -> list[str]:
    tokens = _TOKEN.findall(text)
    if "".join(tokens) != re.sub(r"\s", "", text):
        raise ValueError(f"not understood: {text}")
    return list(tokens)


def _either(tokens: list[str]) -> Condition:
    parts = [_both(tokens)]
    while tokens and tokens[0] == "OR":
        tokens.pop(0)
        parts.append(_both(tokens))
    return parts[0] if len(parts) == 1 else lambda given: any(part(given) for part in parts)


def _both(tokens: list[str]) -> Condition:
    parts = [_term(tokens)]
    while tokens and tokens[0] == "AND":
        tokens.pop(0)
        parts.append(_term(tokens))
    return parts[0] if len(parts) == 1 else lambda given: all(part(given) for part in parts)


def _term(tokens: list[str]) -> Condition:
    first = tokens.pop(0)
    if first == "(":
        inner = _either(tokens)
        _expect(tokens, ")")
        return inner
    if first in ("attribute_exists", "attribute_not_exists"):
        _expect(tokens, "(")
        operand = _operand(tokens.pop(0))
        _expect(tokens, ")")
        return lambda given: (operand(given) is not None) == (first == "attribute_exists")
    if first in ("contains", "size"):
        return _of_a_set(first, tokens)
    if tokens[0] == "BETWEEN":
        tokens.pop(0)
        least = _comparison(_operand(first), _COMPARE[">="], _operand(tokens.pop(0)))
        _expect(tokens, "AND")
        most = _comparison(_operand(first), _COMPARE["<="], _operand(tokens.pop(0)))
        return lambda given: least(given) and most(given)
    return _comparison(_operand(first), _COMPARE[tokens.pop(0)], _operand(tokens.pop(0)))


def _of_a_set(function: str, tokens: list[str]) -> Condition:
    """`contains(a, :b)`, `size(a) < :b`."""
    _expect(tokens, "(")
    operand = _operand(tokens.pop(0))
    if function == "contains":
        _expect(tokens, ",")
        one = _operand(tokens.pop(0))
        _expect(tokens, ")")
        return lambda given: plain(_there(one(given))) in (plain(operand(given) or {"SS": []}))
    _expect(tokens, ")")
    compare, most = _COMPARE[tokens.pop(0)], _operand(tokens.pop(0))

    def holds(given: Given) -> bool:
        there = operand(given)
        return there is not None and compare(len(plain(there)), plain(_there(most(given))))

    return holds


def _comparison(left: Operand, compare: Callable[[Any, Any], bool], right: Operand) -> Condition:
    def holds(given: Given) -> bool:
        one, other = left(given), right(given)
        return one is not None and other is not None and compare(plain(one), plain(other))

    return holds


def _operand(token: str) -> Operand:
    if token.startswith(":"):
        return lambda given: given.values[token]
    return lambda given: given.item.get(given.names.get(token, token))


def _set(tokens: list[str]) -> Change:
    path = tokens.pop(0)
    _expect(tokens, "=")
    value = _value(tokens)

    def change(given: Given, item: Item) -> None:
        item[given.names.get(path, path)] = value(given)

    return change


def _value(tokens: list[str]) -> Callable[[Given], dict[str, Any]]:
    first = tokens.pop(0)
    if first == "list_append":
        _expect(tokens, "(")
        first = tokens.pop(0)
        head = _or_else(tokens) if first == "if_not_exists" else _operand(first)
        _expect(tokens, ",")
        tail = _operand(tokens.pop(0))
        _expect(tokens, ")")
        return lambda given: {"L": [*_there(head(given))["L"], *_there(tail(given))["L"]]}
    operand = _or_else(tokens) if first == "if_not_exists" else _operand(first)
    if tokens and tokens[0] == "+":
        tokens.pop(0)
        more = _operand(tokens.pop(0))
        return lambda given: {"N": str(plain(_there(operand(given))) + plain(_there(more(given))))}
    return lambda given: _there(operand(given))


def _or_else(tokens: list[str]) -> Operand:
    _expect(tokens, "(")
    path = _operand(tokens.pop(0))
    _expect(tokens, ",")
    default = _operand(tokens.pop(0))
    _expect(tokens, ")")

    def value(given: Given) -> dict[str, Any] | None:
        there = path(given)
        return default(given) if there is None else there

    return value


def _remove(tokens: list[str]) -> Change:
    path = tokens.pop(0)

    def change(given: Given, item: Item) -> None:
        head, *rest = [given.names.get(part, part) for part in path.split(".")]
        if head.endswith("]"):
            name, _, index = head.removesuffix("]").partition("[")
            there = item.get(name, {"L": []})["L"]
            item[name] = {"L": [one for number, one in enumerate(there) if number != int(index)]}
        elif not rest:
            item.pop(head, None)
        elif head in item:
            (leaf,) = rest
            item[head] = {"M": {name: entry for name, entry in item[head]["M"].items() if name != leaf}}

    return change


def _add(tokens: list[str]) -> Change:
    """To a number, or to a set of texts."""
    path, more = tokens.pop(0), _operand(tokens.pop(0))

    def change(given: Given, item: Item) -> None:
        name, value = given.names.get(path, path), _there(more(given))
        if "N" in value:
            item[name] = {"N": str(plain(item.get(name, {"N": "0"})) + plain(value))}
        else:
            item[name] = {"SS": sorted({*item.get(name, {"SS": []})["SS"], *value["SS"]})}

    return change


def _there(value: dict[str, Any] | None) -> dict[str, Any]:
    if value is None:
        raise ValueError("ValidationException: the expression refers to an attribute that is not there")
    return value


def _expect(tokens: list[str], wanted: str) -> None:
    if tokens.pop(0) != wanted:
        raise ValueError(f"{wanted!r} expected before {tokens}")
