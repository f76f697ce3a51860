"""Who listens, in which account and region: as AWS's STS knows it. No permission is needed to ask.
https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html"""

from dataclasses import dataclass

from doorbell.aws_errors import translated
from doorbell_cli.target import Target


@dataclass(frozen=True, slots=True)
class Caller:
    arn: str
    account: str
    region: str

    @property
    def partition(self) -> str:
        return self.arn.split(":")[1]


def caller(target: Target) -> Caller:
    with translated("sts", "GetCallerIdentity"):
        found = target.client("sts").get_caller_identity()
    return Caller(str(found["Arn"]), str(found["Account"]), str(target.client("sqs").meta.region_name))
