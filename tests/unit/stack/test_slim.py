"""A build that was made slim: all that the functions call is there, and says what botocore says."""

from __future__ import annotations

import ast
import gzip
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import botocore
import pytest
from botocore.awsrequest import AWSPreparedRequest
from botocore.config import Config
from botocore.loaders import Loader
from botocore.regions import EndpointResolver
from botocore.session import Session

from doorbell_cli.stack import slim
from tests.template.reading import FUNCTIONS, statements

LAYERS = Path(__file__).parents[3] / "layers"
WHOLE = Path(botocore.__file__).parent / "data"
OURS = ("dynamodb", "events", "kms", "lambda", "s3", "secretsmanager", "sns", "sqs", "ssm")
NOT_OURS = ("quicksight", "sagemaker")
OF_LAMBDA_ITSELF = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"}
CALLS: dict[str, tuple[str, dict[str, Any]]] = {
    "dynamodb": ("get_item", {"TableName": "t", "Key": {"id": {"S": "1"}}}),
    "events": ("put_events", {"Entries": [{"Source": "s", "DetailType": "d", "Detail": "{}"}]}),
    "kms": ("decrypt", {"CiphertextBlob": b"\x00", "EncryptionContext": {"source_id": "a"}}),
    "lambda": ("invoke", {"FunctionName": "doorbell-jobs", "InvocationType": "Event", "Payload": b"{}"}),
    "s3": ("put_object", {"Bucket": "bodies", "Key": "t/1", "Body": b"\x00"}),
    "secretsmanager": ("get_secret_value", {"SecretId": "doorbell/a"}),
    "sns": ("publish", {"TopicArn": "arn:aws:sns:us-east-1:123456789012:t", "Message": "{}"}),
    "sqs": ("send_message_batch", {"QueueUrl": "https://q", "Entries": [{"Id": "1", "MessageBody": "{}"}]}),
    "ssm": ("get_parameter", {"Name": "/doorbell/a", "WithDecryption": True}),
}


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `sam build` leaves, as far as it matters here."""
    home = tmp_path_factory.mktemp("build")
    shutil.copytree(LAYERS / "core" / "doorbell", home / "CoreLayer" / "python" / "doorbell")
    packages = home / "DepsLayer" / "python"
    for name in ("boto3", "botocore", "s3transfer", "aws_xray_sdk"):
        source = Path(botocore.__file__).parents[1] / name
        shutil.copytree(source, packages / name, ignore=shutil.ignore_patterns("data", "*.pyc"))
    shutil.copytree(Path(boto3.__file__).parent / "data", packages / "boto3" / "data")
    for name in (*OURS, *NOT_OURS):
        shutil.copytree(WHOLE / name, packages / "botocore" / "data" / name)
    for path in WHOLE.glob("*.json"):
        shutil.copy(path, packages / "botocore" / "data")
    slim.slim(home)
    return home


@pytest.fixture(scope="module")
def left(build: Path) -> Path:
    return build / slim.BOTOCORE


def description(data: Path, service: str) -> dict[str, Any]:
    (path,) = sorted((data / service).glob("*/service-2.json*"))[-1:]
    text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    read: dict[str, Any] = json.loads(text)
    return read


def test_what_nobody_names_is_gone(left: Path) -> None:
    assert not {path.name for path in left.iterdir()} & set(NOT_OURS)
    assert list(left.rglob("*.gz")) == list(left.rglob("examples-1.json")) == []
    assert sum(path.stat().st_size for path in left.rglob("*.json")) < 1_000_000


def clients_made() -> Iterator[str]:
    """The services of every `client("…")`."""
    for path in (LAYERS / "core" / "doorbell").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Call(func=ast.Name(id="client"), args=[ast.Constant(value=str(name))]):
                    yield name


def test_every_service_that_a_client_is_made_of_is_left(left: Path) -> None:
    assert set(clients_made()) >= {"dynamodb", "sqs", "s3", "events"}
    assert {path.name for path in left.iterdir() if path.is_dir()} >= {*clients_made(), *OURS}


def test_every_operation_that_a_role_allows_is_left(left: Path) -> None:
    """PartiQL, and the listing that S3 wants for its 404, are no operations of their names."""
    allowed = {a for name in FUNCTIONS for s in statements(f"{name.capitalize()}Role") for a in s["Action"]}
    for action in allowed - OF_LAMBDA_ITSELF:
        service, _, operation = action.partition(":")
        if service in OURS and operation in description(WHOLE, service)["operations"]:
            assert operation in description(left, service)["operations"], action
    assert "BatchExecuteStatement" in description(left, "dynamodb")["operations"]


def undocumented(node: Any) -> Any:
    if isinstance(node, dict):
        texts = {
            name: "" for name, below in node.items() if name == "documentation" and isinstance(below, str)
        }
        return {name: undocumented(below) for name, below in node.items()} | texts
    return [undocumented(below) for below in node] if isinstance(node, list) else node


@pytest.mark.parametrize("service", OURS)
def test_what_is_left_of_a_service_is_described_as_before(service: str, left: Path) -> None:
    found, whole = description(left, service), undocumented(description(WHOLE, service))
    for part in ("operations", "shapes"):
        assert found[part].items() <= whole[part].items()
    assert {**found, "operations": {}, "shapes": {}} == {**whole, "operations": {}, "shapes": {}}
    assert len(json.dumps(found)) < 0.5 * len(json.dumps(whole))


def test_an_endpoint_is_where_it_was_in_every_region(left: Path) -> None:
    documents = [json.loads((data / "endpoints.json").read_text()) for data in (WHOLE, left)]
    whole, found = (EndpointResolver(document) for document in documents)
    regions = [r for partition in documents[0]["partitions"] for r in partition["regions"]]
    assert len(regions) > 30
    for region in regions:
        for service in OURS:
            at = found.construct_endpoint(service, region)
            assert at == whole.construct_endpoint(service, region), (service, region)


class Sent(Exception):
    """In place of being sent."""


def sent(loader: Loader, service: str, region: str) -> tuple[str, dict[str, str], Any]:
    """The request that a client makes: URL, headers but for the moment's, body."""
    caught: list[AWSPreparedRequest] = []

    def catch(request: AWSPreparedRequest, **_: Any) -> None:
        caught.append(request)
        raise Sent

    session = Session()
    session.register_component("data_loader", loader)
    session.set_credentials("AKIDEXAMPLE", "not-a-real-key")
    once = Config(retries={"mode": "standard", "total_max_attempts": 1})
    client: Any = session.create_client(service, region, config=once)
    client.meta.events.register("before-send", catch)
    operation, arguments = CALLS[service]
    with pytest.raises(Sent):
        getattr(client, operation)(**arguments)
    (request,) = caught
    of_the_moment = ("authorization", "x-amz-date", "amz-sdk-invocation-id", "amz-sdk-request")
    headers = {name: str(value) for name, value in request.headers.items()}
    kept = {name: value for name, value in headers.items() if name.lower() not in of_the_moment}
    body: Any = request.body
    return request.url, kept, body.read() if hasattr(body, "read") else body


@pytest.mark.parametrize("region", ["us-east-1", "eu-central-1", "cn-north-1", "us-gov-west-1"])
@pytest.mark.parametrize("service", OURS)
def test_a_client_sends_what_one_of_all_that_botocore_knows_sends(
    service: str, region: str, left: Path
) -> None:
    of_left = Loader(extra_search_paths=[str(left)], include_default_search_paths=False)
    assert sent(of_left, service, region) == sent(Loader(), service, region)
