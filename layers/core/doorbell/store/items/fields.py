"""The kinds of field that items are made of: their types and limits."""

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from doorbell.store.items.checks import (
    as_failure,
    as_tuple,
    check_cidr,
    check_content_type,
    check_expression,
    check_failure,
    check_id,
    check_moment,
    check_reference,
    in_order,
)


def _text(check: Callable[[str], str]) -> Any:
    return AfterValidator(check)


type Id = Annotated[str, _text(check_id)]
type Reference = Annotated[str, _text(check_reference)]
type Cidr = Annotated[str, _text(check_cidr)]
type ContentType = Annotated[str, _text(check_content_type)]
type Expression = Annotated[str, Field(min_length=1), _text(check_expression)]
type Glob = Annotated[str, Field(min_length=1, max_length=256)]
type Moment = Annotated[Any, AfterValidator(check_moment)]
type Prose = Annotated[str, Field(max_length=1024)]

type References = Annotated[tuple[Reference, ...], Field(max_length=10), BeforeValidator(as_tuple)]
type OrderedReferences = Annotated[tuple[Reference, ...], Field(max_length=10), BeforeValidator(in_order)]
type Ids = Annotated[tuple[Id, ...], Field(max_length=100), BeforeValidator(as_tuple)]
type Cidrs = Annotated[tuple[Cidr, ...], Field(max_length=200), BeforeValidator(as_tuple)]
type ContentTypes = Annotated[tuple[ContentType, ...], Field(max_length=50), BeforeValidator(as_tuple)]
type Failure = Annotated[str, BeforeValidator(as_failure), _text(check_failure)]
type Failures = Annotated[tuple[Failure, ...], Field(max_length=50), BeforeValidator(as_tuple)]
type Globs = Annotated[tuple[Glob, ...], Field(max_length=100), BeforeValidator(as_tuple)]
