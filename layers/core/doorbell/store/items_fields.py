"""The kinds of field that items are made of: their types, limits, and what is said of a bad one.

No message shows a value that could be a secret: not a reference, not a URL, not a header's value.
"""

import ipaddress
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from doorbell.domain.sources import ID
from doorbell.store.secret_refs import BadReference, parse

MAX_URL_CHARS = 2048
MAX_EXPRESSION_CHARS = 4096
_PRESET = re.compile(r"preset:[a-z0-9_.-]{1,64}")
_TOKEN = r"[A-Za-z0-9!#$%&'*+.^_`|~-]"
_CONTENT_TYPE = re.compile(rf"{_TOKEN}{{1,127}}/{_TOKEN}{{1,127}}")
_URL_TEXT = re.compile(r"[\x21-\x7e]+")


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


def check_url(text: str) -> str:
    """What can be said of a URL by its spelling; where it leads is the egress guard's to say."""
    if problem := _url_problem(text):
        raise bad(problem)
    return text


def _url_problem(text: str) -> str | None:
    if len(text) > MAX_URL_CHARS:
        return f"a URL has at most {MAX_URL_CHARS} characters"
    if not _URL_TEXT.fullmatch(text):
        return "not a URL: spaces, control characters or characters beyond ASCII"
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        return "not a URL of the form https://host/path"
    if "@" in parts.netloc or "#" in text:
        return "a user name, password or fragment in the URL"
    return None


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


def _text(check: Callable[[str], str]) -> Any:
    return AfterValidator(check)


type Id = Annotated[str, _text(check_id)]
type Reference = Annotated[str, _text(check_reference)]
type Url = Annotated[str, _text(check_url)]
type Cidr = Annotated[str, _text(check_cidr)]
type ContentType = Annotated[str, _text(check_content_type)]
type Expression = Annotated[str, Field(min_length=1), _text(check_expression)]
type Glob = Annotated[str, Field(min_length=1, max_length=256)]
type Moment = Annotated[Any, AfterValidator(check_moment)]
type Prose = Annotated[str, Field(max_length=1024)]

type References = Annotated[tuple[Reference, ...], BeforeValidator(as_tuple), Field(max_length=10)]
type OrderedReferences = Annotated[tuple[Reference, ...], BeforeValidator(in_order), Field(max_length=10)]
type Ids = Annotated[tuple[Id, ...], BeforeValidator(as_tuple), Field(max_length=100)]
type Cidrs = Annotated[tuple[Cidr, ...], BeforeValidator(as_tuple), Field(max_length=200)]
type ContentTypes = Annotated[tuple[ContentType, ...], BeforeValidator(as_tuple), Field(max_length=50)]
type Globs = Annotated[tuple[Glob, ...], BeforeValidator(as_tuple), Field(max_length=100)]
