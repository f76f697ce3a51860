"""What a subscription says of its target, where it has one in place of a URL."""

from typing import Any, Literal, Self

from pydantic import model_validator

from doorbell.store.items.base import Item
from doorbell.store.items.checks import bad
from doorbell.store.items.urls import KeyTemplate, RoleArn, TargetArn

NOT_FOR_TARGETS = ("timeout_seconds", "ca_bundle_ref", "client_cert_ref", "oauth")
WITH_AN_ANSWER = "timeout_seconds"
"""Means something where an answer is waited for."""
ONLY_FOR = {
    "invoke": (("lambda",), "a Lambda function"),
    "target_key": (("s3", "kinesis"), "an S3 prefix or a Kinesis stream"),
}


class ToTarget(Item):
    target: TargetArn | None = None
    invoke: Literal["async", "sync"] | None = None
    target_key: KeyTemplate | None = None
    role_arn: RoleArn | None = None
    large: Literal["s3-link"] | None = None

    @model_validator(mode="after")
    def _what_belongs_to_a_target(self) -> Self:
        if self.target is None and self.role_arn is not None:
            raise bad("is for a target", "role_arn")
        service = (self.target or "").split(":")[2:3]
        if self.large is not None and self.target is None:
            raise bad("is for a target: a url gets every body whole", "large")
        if self.large is not None and service == ["s3"]:
            raise bad("means nothing for an S3 prefix, which takes every body whole", "large")
        for field, (services, name) in ONLY_FOR.items():
            if getattr(self, field) is not None and not set(service) & set(services):
                raise bad(f"is for a target that is {name}", field)
        if service == ["s3"] and self.target_key is not None and "{id}" not in self.target_key:
            raise bad("must have {id} in it: events with the same key overwrite each other", "target_key")
        return self

    @model_validator(mode="after")
    def _nothing_of_urls(self) -> Self:
        for field in NOT_FOR_TARGETS if self.target is not None else ():
            waits = field == WITH_AN_ANSWER and self.invoke == "sync"
            if not waits and field in self.model_fields_set and getattr(self, field) is not None:
                raise bad("means nothing where it goes to a target", field)
        return self

    def of_the_target(self) -> dict[str, Any]:
        """As the domain has it."""
        key, role_arn = self.target_key, self.role_arn
        return {
            "invoke": self.invoke or "async",
            "target_key": key,
            "role_arn": role_arn,
            "large": self.large,
        }
