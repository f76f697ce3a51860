"""How botocore's errors come out of the store."""

import ast
from collections import defaultdict
from pathlib import Path

import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    EndpointConnectionError,
    HTTPClientError,
    NoCredentialsError,
    ReadTimeoutError,
)
from botocore.session import Session

from doorbell.aws_errors import is_condition_failed, item_of, translated
from doorbell.domain.errors import Unavailable


def client_error(code: str | None, status: int = 400, **more: object) -> ClientError:
    error = {"Message": "the message"} if code is None else {"Code": code, "Message": "the message"}
    response = {"Error": error, "ResponseMetadata": {"HTTPStatusCode": status}, **more}
    return ClientError(response, "PutItem")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("raised", "cause"),
    [
        (client_error("ThrottlingException"), "ThrottlingException"),
        (client_error("ProvisionedThroughputExceededException"), "ProvisionedThroughputExceededException"),
        (client_error("InternalServerError", 500), "InternalServerError"),
        (client_error("AccessDeniedException"), "AccessDeniedException"),
        (client_error("ValidationException"), "ValidationException"),
        (client_error(None, 503), "http 503"),
        (client_error("", 502), "http 502"),
        (ClientError({"ResponseMetadata": {}}, "PutItem"), "http unknown"),  # type: ignore[typeddict-item]
        (ClientError({"Error": {}}, "PutItem"), "http unknown"),
        (ClientError({}, "PutItem"), "http unknown"),
        (EndpointConnectionError(endpoint_url="https://x.example"), "EndpointConnectionError"),
        (ReadTimeoutError(endpoint_url="https://x.example"), "ReadTimeoutError"),
        (HTTPClientError(error="boom"), "HTTPClientError"),
        (NoCredentialsError(), "NoCredentialsError"),
    ],
)
def test_a_call_that_did_not_work_is_unavailable_with_its_code(
    raised: ClientError | BotoCoreError, cause: str
) -> None:
    with pytest.raises(Unavailable) as caught, translated("dynamodb", "PutItem"):
        raise raised
    error = caught.value
    assert (error.service, error.operation, error.cause) == ("dynamodb", "PutItem", cause)
    assert "the message" not in str(error)


def test_a_failed_condition_is_an_answer_and_passes_through() -> None:
    failed = client_error("ConditionalCheckFailedException", Item={"sk": {"S": "event"}})
    with pytest.raises(ClientError) as caught, translated("dynamodb", "PutItem"):
        raise failed
    assert is_condition_failed(caught.value)
    assert item_of(caught.value) == {"sk": {"S": "event"}}


def test_a_condition_that_failed_on_nothing_has_an_empty_item() -> None:
    assert item_of(client_error("ConditionalCheckFailedException")) == {}


def test_only_the_code_makes_a_failed_condition() -> None:
    assert not is_condition_failed(client_error("ValidationException"))
    assert not is_condition_failed(ValueError("ConditionalCheckFailedException"))


def test_an_error_of_ones_own_is_left_alone() -> None:
    with pytest.raises(KeyError), translated("dynamodb", "PutItem"):
        raise KeyError("bug")


ROOT = Path(__file__).parents[2]
OTHERWISE = {"apigateway": "apigatewayv2"}
"""What permissions call a service, and what botocore does."""


def test_the_call_that_an_error_names_is_one_of_its_service() -> None:
    """People look for the permission by it."""
    named = defaultdict[str, set[str]](set)
    for path in (*ROOT.glob("layers/core/doorbell/**/*.py"), *ROOT.glob("cli/doorbell_cli/**/*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id == "translated"
            ):
                said = [one.value for one in node.args if isinstance(one, ast.Constant)]
                if len(said) == 2:
                    named[str(said[0])].add(str(said[1]))
    assert {"sts", "dynamodb", "logs"} <= set(named)
    for service, operations in named.items():
        known = Session().get_service_model(OTHERWISE.get(service, service)).operation_names
        assert operations <= set(known), service
