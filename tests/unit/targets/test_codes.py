"""Error codes that botocore's models know of a service's operation mean what their names say."""

import re

import pytest
from botocore.session import Session

from doorbell.targets.sender import SERVICES
from doorbell.targets.service import DENIED, EVERYWHERE, GONE, THROTTLED, TOO_LARGE

MEANINGS = {
    "^(?!EC2).*AccessDenied|^AuthorizationError$": DENIED,
    "Thrott|TooManyRequests|ThroughputExceeded|^ExecutionLimitExceeded$": THROTTLED,
    "TooLarge": TOO_LARGE,
    "^(Queue|StateMachine)DoesNotExist$|^(Resource)?NotFound(Exception)?$": GONE,
}
"""What a function lacks in its network (`EC2AccessDenied…`) is its own role's affair."""


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_a_service_s_codes_are_put_on_record_as_what_they_say(name: str) -> None:
    service = SERVICES[name]
    operation = Session().get_service_model(service.client_name).operation_model(service.operation)
    codes = [shape.metadata.get("error", {}).get("code", shape.name) for shape in operation.error_shapes]
    for code in codes:
        meant = [status for said, status in MEANINGS.items() if re.search(said, code)]
        if meant:
            assert [service.codes.get(code, EVERYWHERE.get(code))] == meant, code
