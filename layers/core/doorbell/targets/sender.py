"""The sender of deliveries to targets: a request in, an Outcome out. It never raises.

An outcome's status is what an HTTPS subscriber would have said, so that everything that looks at outcomes
treats both alike. Its response is JSON: service, operation, request id, and the error's code and message or
the id that the service gave.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

from doorbell.aws_errors import code_of
from doorbell.domain.outbound import MAX_DETAIL_CHARS, Outcome
from doorbell.domain.subscriptions import scoped
from doorbell.domain.targets import Arn, TargetPolicy, TargetRequest, external_id, parse
from doorbell.targets import answers
from doorbell.targets.answers import Answer
from doorbell.targets.eventbridge import EVENTBRIDGE
from doorbell.targets.firehose import FIREHOSE
from doorbell.targets.kinesis import KINESIS
from doorbell.targets.lambda_answer import LAMBDA_ANSWER
from doorbell.targets.lambda_function import LAMBDA
from doorbell.targets.listening import LISTENER
from doorbell.targets.roles import NotAssumedError
from doorbell.targets.s3 import S3
from doorbell.targets.service import ANSWER_SECONDS, TOO_LARGE, Service, Way
from doorbell.targets.sns import SNS
from doorbell.targets.sqs import SQS
from doorbell.targets.state_machine import STATES

SERVICES = {
    service.name: service for service in (SQS, SNS, EVENTBRIDGE, LAMBDA, STATES, KINESIS, FIREHOSE, S3)
}
REFUSED = "target_refused"
"""Nothing was sent: the stack's parameters do not allow it."""
ENDED = {
    "ExpiredToken", "ExpiredTokenException", "InvalidAccessKeyId", "InvalidClientTokenId",
    "UnrecognizedClientException",
}  # fmt: skip
"""What services say of a session that is none any more."""


@dataclass(frozen=True, slots=True)
class Going:
    """What is ready for its call. `whose`: the subscription, with its tenant; `size` as it is counted."""

    service: Service
    arn: Arn
    way: Way
    whose: str
    parameters: Mapping[str, Any]
    size: int


class TargetSender:
    """`client_of` gives the client of a way: no retries of its own, and time-outs that fit in the request's;
    raises `NotAssumedError`. `forget` hears of ways whose session ended early. Thread-safe as boto3's clients
    are."""

    def __init__(
        self,
        policy: TargetPolicy,
        client_of: Callable[[Way], Any],
        clock: Callable[[], float],
        forget: Callable[[Way], None] = lambda way: None,
    ) -> None:
        self._policy, self._client_of, self.clock, self._forget = policy, client_of, clock, forget

    def send(self, request: TargetRequest) -> Outcome:
        going = self.ready(request)
        return going if isinstance(going, Outcome) else self.sent(going)

    def ready(self, request: TargetRequest) -> Going | Outcome:
        """What is to be sent; or why there is nothing."""
        arn = parse(request.url)
        role, whose = request.role_arn, request.subscription_id
        problem = self._policy.problem_with(request.url, request.tenant_id, whose, role)
        if isinstance(arn, str) or problem is not None:
            detail = f"{request.url}: {problem or arn}"[:MAX_DETAIL_CHARS]
            return Outcome(None, REFUSED, detail, None, "", 0)
        service = LISTENER if self._policy.listens(arn) else service_of(request, arn)
        parameters = service.what_goes(request, arn)
        size = service.size(parameters)
        if size > service.most_bytes:
            detail = answers.too_large(service, size, f"at most {service.most_bytes}")
            return Outcome(TOO_LARGE, None, detail[:MAX_DETAIL_CHARS], None, "", 0)
        whose = scoped(request.tenant_id, request.subscription_id)
        return Going(service, arn, self._way(service, arn, request), whose, parameters, size)

    def sent(self, going: Going) -> Outcome:
        started = self.clock()
        answer = self._called(going)
        return answer.outcome(going.service, self.since(started))

    def since(self, started: float) -> int:
        """Milliseconds."""
        return round((self.clock() - started) * 1000)

    def asked(self, going: Going, call: Callable[[Any], Mapping[str, Any]]) -> Mapping[str, Any] | Answer:
        """What `call` answers with the client of its way; or what the failure is put on record as."""
        service = going.service
        try:
            return call(self._client_of(going.way))
        except NotAssumedError as error:
            return answers.not_assumed(going.way, error.__cause__)
        except ClientError as error:
            if code_of(error) in ENDED:
                self._forget(going.way)
            return answers.failed(service, going.arn, going.way, error, going.size)
        except (BotoCoreError, HTTPClientError) as error:
            return answers.lost(f"{service.name}:{service.operation}", error)

    def _called(self, going: Going) -> Answer:
        found = self.asked(going, lambda client: going.service.call(client, going.parameters))
        if isinstance(found, Answer):
            return found
        return answers.answered(going.service, going.arn, going.way, found, going.size)

    def _way(self, service: Service, arn: Arn, request: TargetRequest) -> Way:
        seconds = request.waits or ANSWER_SECONDS
        if request.role_arn is None:
            return Way(service.client_name, arn.region, seconds)
        named = external_id(self._policy.stack, request.tenant_id, request.subscription_id)
        return Way(service.client_name, arn.region, seconds, request.role_arn, named)


def service_of(request: TargetRequest, arn: Arn) -> Service:
    """A function whose answer is waited for is another way to call it, with another limit."""
    return LAMBDA_ANSWER if arn.service == LAMBDA.name and request.waits else SERVICES[arn.service]
