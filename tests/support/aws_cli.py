"""`aws`, as far as README and docs/ call it, for machines that do not have it: real calls, made by botocore.

    python -m tests.support.aws_cli dynamodb put-item --table-name T --item '{"id": {"S": "1"}}'

Options are the operation's parameters in kebab-case; what is no text is JSON. `--query` and `--output text`
are as AWS has them.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from typing import Any

import boto3
import jmespath
from botocore import xform_name


def main(arguments: Sequence[str]) -> None:
    service, command, *rest = arguments
    options = dict(_options(rest))
    query, output = options.pop("query", "@"), options.pop("output", "json")
    client: Any = boto3.client(service)  # type: ignore[call-overload]
    operations = {xform_name(name, "-"): name for name in client.meta.service_model.operation_names}
    members = client.meta.service_model.operation_model(operations[command]).input_shape.members
    names = {xform_name(name, "-"): name for name in members}
    call = {names[name]: _value(members[names[name]].type_name, text) for name, text in options.items()}
    answer = getattr(client, xform_name(operations[command]))(**call)
    answer.pop("ResponseMetadata")
    print(_shown(jmespath.search(query, answer), output))


def _options(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    for name, value in zip(arguments[::2], arguments[1::2], strict=True):
        assert name.startswith("--"), f"not an option: {name}"
        yield name.removeprefix("--"), value


def _value(kind: str, text: str) -> Any:
    return text if kind == "string" else json.loads(text)


def _shown(value: Any, output: str) -> str:
    if output != "text":
        return json.dumps(value, indent=4, default=str)
    return "\t".join(map(str, value)) if isinstance(value, list) else str(value)


if __name__ == "__main__":
    main(sys.argv[1:])
