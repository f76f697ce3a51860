"""The headers that say which trace a request is part of."""

from doorbell.domain.headers import first_problem, trace_of

TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def test_of_a_requests_headers_those_of_its_trace_are_taken_and_no_others() -> None:
    headers = {"traceparent": TRACEPARENT, "tracestate": "a=1", "authorization": "AWS4 …", "baggage": "k=v"}
    assert trace_of(headers) == {"traceparent": TRACEPARENT, "tracestate": "a=1"}
    assert trace_of({"traceparent": TRACEPARENT}) == {"traceparent": TRACEPARENT}
    assert trace_of({}) == {}


def test_a_subscription_may_name_a_trace_of_its_own() -> None:
    assert first_problem({"Traceparent": TRACEPARENT}) is None
