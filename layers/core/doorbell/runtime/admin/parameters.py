"""Query parameters that no route has: a filter that is mistyped must not answer with everything. And fields
that no body has."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from pydantic import BaseModel

from doorbell.domain.errors import ConfigError
from doorbell.store.items.errors import known_fields, types_of, unknown


def unknown_parameters(app: APIGatewayHttpResolver) -> list[ConfigError]:
    """Of the request that `app` is answering."""
    known = {parameter.alias for parameter in app.context["_route"].dependant.query_params}
    given = app.current_event.raw_event.get("queryStringParameters") or {}
    return [
        ConfigError("query", name, unknown("query parameter", name, known))
        for name in given
        if name not in known
    ]


def unknown_field(app: APIGatewayHttpResolver, error: Mapping[str, Any]) -> str | None:
    """What an unknown field of the body may have been meant for; None: `error` is another."""
    where: Sequence[Any] = error["loc"]
    if error["type"] != "extra_forbidden" or where[0] != "body":
        return None
    (body,) = app.context["_route"].dependant.body_params
    model = next(one for one in types_of(body.type_) if isinstance(one, type) and issubclass(one, BaseModel))
    return unknown("field", str(where[-1]), known_fields(model, where[1:-1]))


def refusing(refuse: Callable[[list[ConfigError]], Exception]) -> Any:
    """A middleware, behind the check of the parameters that the route has. What has no route answers for
    itself: its stand-in matches every path, the empty one too."""

    def only_known(app: APIGatewayHttpResolver, next_middleware: Any) -> Any:
        is_route = app.context["_route"].rule.fullmatch("") is None
        if is_route and (found := unknown_parameters(app)):
            raise refuse(found)
        return next_middleware(app)

    return only_known
