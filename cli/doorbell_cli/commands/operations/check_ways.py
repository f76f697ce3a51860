"""What stands between Doorbell and what it needs, outside the stack: customer keys over secrets, and an API
mapping before its URL."""

from collections.abc import Iterator, Sequence

from doorbell.aws_errors import translated
from doorbell.signatures import catalogue
from doorbell_cli.commands.operations.check_account import names_in
from doorbell_cli.commands.operations.findings import Finding, Listed
from doorbell_cli.configuration import SOURCE
from doorbell_cli.target import Target

TAG = ("doorbell", "secrets")
"""On a key; the functions' roles may use those that bear it, and no others."""
AWS_OWN = "alias/aws/"
URL_PARTS = {"url", "path", "pathname"}
"""Of a declared scheme's message."""
URL_SPECIALS = {"contentful", "http_signature", "plivo", "sinch", "twilio"}
"""Checks in code that prove the URL too."""


def keys(target: Target, items: Sequence[Listed]) -> Iterator[Finding]:
    """A secret that is encrypted with a key of the account's own is read with that key."""
    used = [
        *_parameters(target, names_in(items, "ssm")),
        *_secrets(target, names_in(items, "secretsmanager")),
    ]
    locked = {key for key in {key for _, key in used} if not _may_be_used(target, key)}
    for name, key in used:
        if key in locked:
            problem = f"the functions may not use its key {key}: it lacks the tag {'='.join(TAG)}"
            tag = f"--tags TagKey={TAG[0]},TagValue={TAG[1]}"
            yield Finding(name, problem, f"aws kms tag-resource --key-id {key} {tag}, with the key's own id")


def mappings(target: Target, items: Sequence[Listed]) -> Iterator[Finding]:
    """A function is told the path without what an API mapping puts before it.
    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html"""
    before = list(_mapped(target))
    if not before:
        return
    advice = "give it public_url: the URL as the provider has it"
    for one in items:
        if one.kind is SOURCE and not one.values.get("public_url") and signs_url(one):
            problem = f"its provider signs the URL, the beginning of which {before[0]} hides from Doorbell"
            yield Finding(one.where, problem, advice)


def signs_url(source: Listed) -> bool:
    """Whether what its provider proves depends on the URL."""
    declared = source.values.get("scheme")
    if isinstance(declared, dict):
        return bool(URL_PARTS & set(declared.get("message", [])))
    entry = catalogue.find(str(source.values.get("provider", "")))
    if entry is None:
        return False
    parts = entry.scheme.message if entry.scheme is not None else ()
    return (
        bool(URL_PARTS & set(parts))
        or entry.special in URL_SPECIALS
        or bool({"url_claim", "subject"} & set(entry.parameters))
    )


def _parameters(target: Target, names: set[str]) -> Iterator[tuple[str, str]]:
    if not names:
        return
    below = [{"Key": "Name", "Option": "BeginsWith", "Values": ["/doorbell/"]}]
    with translated("ssm", "DescribeParameters"):
        for page in (
            target.client("ssm").get_paginator("describe_parameters").paginate(ParameterFilters=below)
        ):
            for found in page["Parameters"]:
                if found["Name"] in names and not found.get("KeyId", AWS_OWN).startswith(AWS_OWN):
                    yield f"parameter {found['Name']}", found["KeyId"]


def _secrets(target: Target, names: set[str]) -> Iterator[tuple[str, str]]:
    if not names:
        return
    below = [{"Key": "name", "Values": ["doorbell/"]}]
    with translated("secretsmanager", "ListSecrets"):
        for page in target.client("secretsmanager").get_paginator("list_secrets").paginate(Filters=below):
            for found in page["SecretList"]:
                key = found.get("KmsKeyId", AWS_OWN)
                if names & {found["Name"], found["ARN"]} and AWS_OWN not in key:
                    yield f"secret {found['Name']}", key


def _may_be_used(target: Target, key: str) -> bool:
    kms = target.client("kms")
    with translated("kms", "ListResourceTags"):
        key_id = kms.describe_key(KeyId=key)["KeyMetadata"]["KeyId"]
        tags = kms.list_resource_tags(KeyId=key_id)["Tags"]
    return TAG in {(tag["TagKey"], tag["TagValue"]) for tag in tags}


def _mapped(target: Target) -> Iterator[str]:
    """Domain and path of each mapping to the API that is not at the domain's root."""
    api = target.client("apigatewayv2")
    with translated("apigateway", "GetApiMappings"):
        for page in api.get_paginator("get_domain_names").paginate():
            for domain in page["Items"]:
                name = domain["DomainName"]
                for mapping in api.get_api_mappings(DomainName=name)["Items"]:
                    if mapping["ApiId"] == target.outputs.get("ApiId") and mapping.get("ApiMappingKey"):
                        yield f"{name}/{mapping['ApiMappingKey']}"
