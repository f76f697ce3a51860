"""The admin API put together: who asks, routes, errors, the document that describes it all."""

from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver

from doorbell.domain.errors import Refusal
from doorbell.runtime.admin import (
    attempts,
    endpoints,
    errors,
    event_body,
    event_log,
    event_types,
    events,
    find,
    history,
    jobs,
    openapi,
    pending,
    refused,
    sources,
    stats,
    subscriptions,
    undelivered,
)
from doorbell.runtime.admin.body import checked
from doorbell.runtime.admin.histories import Pages
from doorbell.runtime.admin.parameters import refusing
from doorbell.runtime.admin.parts import Parts
from doorbell.runtime.http import response_of
from doorbell.usecases.ports import Log
from doorbell.usecases.problems import problem

NEVER_CACHED = {"x-content-type-options": "nosniff", "cache-control": "no-store"}


class AdminApi:
    """`event` in payload format 2.0, as API Gateway sends it."""

    def __init__(self, app: APIGatewayHttpResolver, log: Log) -> None:
        self.app, self._log = app, log

    def __call__(self, event: Mapping[str, Any], context: Any) -> dict[str, Any]:
        """One line in the log for each request: who did what, and what came of it."""
        http, principal = event["requestContext"]["http"], None
        try:
            principal, request = checked(event)
            answer: dict[str, Any] = self.app.resolve(request, context)
            answer["headers"] = {**answer.get("headers", {}), **NEVER_CACHED}
        except Refusal as refusal:
            answer = response_of(problem(refusal))
        self._log.info(
            "admin",
            principal=principal,
            method=http["method"],
            path=event["rawPath"],
            status=answer["statusCode"],
        )
        return answer


def build(parts: Parts) -> AdminApi:
    app = routes(parts)
    return AdminApi(app, parts.log)


def routes(parts: Parts) -> APIGatewayHttpResolver:
    app = APIGatewayHttpResolver(enable_validation=True)
    errors.register(app)
    app.use([refusing(errors.Problems)])
    sources.register(app, parts.sources, parts.checks)
    refused.register(app, parts.refused)
    stats.register(app, parts.stats, parts.sources, parts.clock)
    subscriptions.register(app, parts.subscriptions, parts.checks, parts.public_keys)
    endpoints.register(app, parts.endpoints, parts.clock)
    event_types.register(app, parts.event_types)
    undelivered.register(app, parts.browse, parts.clock, parts.kept_seconds)
    history.register(app, _histories(parts), parts.subscriptions)
    pending.register(app, parts.pending)
    event_body.register(app, parts.show_body)
    event_log.register(app, parts.search, parts.clock, parts.kept_seconds)
    events.register(app, parts.inspect, parts.explain, parts.replay)
    jobs.register(app, parts.jobs, parts.purges, parts.clock, parts.kept_seconds)
    find.register(app, parts.find, parts.inspect)
    attempts.register(app, parts.attempt_details)

    @app.get(openapi.PATH, include_in_schema=False)
    def show_document() -> dict[str, Any]:
        return openapi.document(app)

    return app


def _histories(parts: Parts) -> Pages:
    return Pages(parts.history, parts.clock, parts.kept_seconds, parts.all_kept)
