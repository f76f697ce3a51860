"""What is asked of the fields of items, one function for each kind, and what is said of a bad one.

No message shows a value that could be a secret: not a reference, not a URL, not a header's value. pydantic is
not imported here: ingest holds a source to these rules without it (`quick`).
"""

import ipaddress
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pydantic_core import PydanticCustomError

from doorbell.domain.failures import problem_with
from doorbell.domain.sources import ID
from doorbell.store.items.secret_refs import BadReference, parse

MAX_EXPRESSION_CHARS = 4096
_PRESET = re.compile(r"preset:[a-z0-9_.-]{1,64}")
_TOKEN = r"[A-Za-z0-9!#$%&'*+.^_`|~-]"
_CONTENT_TYPE = re.compile(rf"{_TOKEN}{{1,127}}/{_TOKEN}{{1,127}}")


def bad(problem: str, field: str = "") -> PydanticCustomError:
    """An error of our own; `field` is where below the validated value the trouble is."""
    return PydanticCustomError("doorbell", "{problem}", {"problem": problem, "field": field})


def plain(value: Any) -> Any:
    """Decimals, where somebody gives them, to int or float."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, dict):
        return {name: plain(entry) for name, entry in value.items()}
    if isinstance(value, list | tuple):
        return [plain(entry) for entry in value]
    return value


def as_tuple(value: Any) -> Any:
    """Lists, and sets (SS) in a fixed order, as a tuple."""
    if isinstance(value, set | frozenset):
        return tuple(sorted(value, key=str))
    return tuple(value) if isinstance(value, list) else value


def as_failure(value: Any) -> Any:
    """A status may be written as the number that it is."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def check_failure(text: str) -> str:
    if problem := problem_with(text):
        raise bad(problem)
    return text


def in_order(value: Any) -> Any:
    if isinstance(value, set | frozenset) and len(value) > 1:
        raise bad("the order counts (the first signs): write a list (L), not a set (SS)")
    return as_tuple(value)


def check_id(text: str) -> str:
    if not ID.fullmatch(text):
        raise bad("must be 1 to 64 letters, digits, _ . or -")
    return text


def check_reference(text: str) -> str:
    try:
        parse(text)
    except BadReference as error:
        problem = str(error)
    else:
        return text
    raise bad(problem)


def check_cidr(text: str) -> str:
    if text.startswith("preset:"):
        if not _PRESET.fullmatch(text):
            raise bad("a preset is written preset:<name>")
        return text
    try:
        if "%" in text:
            raise ValueError
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        network = None
    if network is None:
        raise bad("not an address range: write 192.0.2.0/24, 2001:db8::/32 or preset:<name>")
    if "/" in text and ipaddress.ip_interface(text).ip != network.network_address:
        raise bad(f"the address is inside a range: did you mean {network}?")
    return text


def check_content_type(text: str) -> str:
    if not _CONTENT_TYPE.fullmatch(text):
        raise bad("not a content type: write type/subtype, with * as a wildcard")
    return text


def check_expression(text: str) -> str:
    """JMESPath that compiles."""
    import jmespath

    if len(text) > MAX_EXPRESSION_CHARS:
        raise bad(f"an expression has at most {MAX_EXPRESSION_CHARS} characters")
    try:
        jmespath.compile(text)
    except RecursionError:
        problem = "nested too deeply"
    except (ValueError, TypeError, LookupError, AttributeError) as error:  # JMESPath's own are ValueErrors
        first_line = (str(error).splitlines() or [type(error).__name__])[0]
        problem = first_line.removeprefix("Invalid jmespath expression: ").rstrip(":")[:200]
    else:
        return text
    raise bad(f"not a JMESPath expression: {problem}")


def check_moment(value: Any) -> Any:
    """Bookkeeping is people's own: a number or a short text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str) or len(str(value)) > 64:
        raise bad("must be epoch seconds or a short text")
    return value


def without_nulls(values: Any) -> Any:
    """Of a whole item: NULL is the same as not there."""
    if not isinstance(values, Mapping):
        return values
    return {name: plain(value) for name, value in values.items() if value is not None}


def key_where_needed(dedupe: Any) -> Any:
    if (dedupe.origin == "hash") == bool(dedupe.key):
        raise bad("needed for header and body and form, and not for hash", "key")
    return dedupe
