"""What surrounds every function: its log lines know the invocation, its metrics are written at its end, and
where tracing is on it is a segment of the trace. Calls of the API bear the id that its access log has too."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from doorbell.runtime.wiring import logger, metrics, settings

type Handler = Callable[[dict[str, Any], Any], Any]


def invocation(handler: Handler) -> Handler:
    """Powertools' switches that would put an event or an answer into a log or a trace have no say here
    (POWERTOOLS_LOGGER_LOG_EVENT, POWERTOOLS_TRACER_CAPTURE_RESPONSE): providers' secrets are in them."""

    @wraps(handler)
    def measured(event: dict[str, Any], context: Any) -> Any:
        logger().set_correlation_id(event.get("requestContext", {}).get("requestId"))
        try:
            return handler(event, context)
        finally:
            metrics().flush()

    inner = measured if settings().powertools_trace_disabled else _traced(measured)
    return logger().inject_lambda_context(inner, log_event=False)


def _traced(handler: Handler) -> Handler:
    """Of all that the SDK can patch only the AWS client: patched, http.client would tell every subscriber's
    URL to X-Ray, and X-Ray's header to every subscriber."""
    from aws_lambda_powertools import Tracer  # with its SDK: loaded where tracing is on, and nowhere else

    tracer = Tracer(service=settings().powertools_service_name, patch_modules=("botocore",))
    return cast(Handler, tracer.capture_lambda_handler(handler, capture_response=False))
