"""The sender of deliveries to targets: a request in, an Outcome out. It never raises.

An outcome's status is what an HTTPS subscriber would have said, so that everything that looks at outcomes
treats both alike. Its response is JSON: service, operation, request id, and the error's code and message or
the id that the service gave.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
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
from doorbell.targets.large import LargeBodies, NotWrittenError
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
NOT_KEPT = "large_not_kept"
"""No pointer was sent: its object could not be written, or writing it took too long."""
OFFER = ". With `large: s3-link` it goes as a pointer"
CONNECT_SECONDS = 2
ENDED = {
    "ExpiredToken", "ExpiredTokenException", "InvalidAccessKeyId", "InvalidClientTokenId",
    "UnrecognizedClientException",
}  # fmt: skip
"""What services say of a session that is none any more."""


@dataclass(frozen=True, slots=True)
class Going:
    """What is ready for its call. `whose`: the subscription, with its tenant; `size` as it is counted."""

    request: TargetRequest
    service: Service
    arn: Arn
    way: Way
    whose: str
    parameters: Mapping[str, Any]
    size: int


class TargetSender:
    """`client_of` gives the client of a way: no retries of its own, and time-outs that fit in the request's;
    raises `NotAssumedError`. `forget` hears of ways whose session ended early. `bodies` keeps what is too
    large. Thread-safe as boto3's clients are."""

    def __init__(
        self,
        policy: TargetPolicy,
        client_of: Callable[[Way], Any],
        clock: Callable[[], float],
        forget: Callable[[Way], None] = lambda way: None,
        bodies: LargeBodies | None = None,
    ) -> None:
        self._policy, self._client_of, self.clock, self._forget = policy, client_of, clock, forget
        self._bodies = bodies

    def send(self, request: TargetRequest) -> Outcome:
        going = self.ready(request)
        return going if isinstance(going, Outcome) else self.sent(going)

    def ready(self, request: TargetRequest) -> Going | Outcome:
        """What is to be sent, larger than the service takes it, perhaps; or why there is nothing."""
        arn = parse(request.url)
        role, whose = request.role_arn, request.subscription_id
        problem = self._policy.problem_with(request.url, request.tenant_id, whose, role)
        if isinstance(arn, str) or problem is not None:
            detail = f"{request.url}: {problem or arn}"[:MAX_DETAIL_CHARS]
            return Outcome(None, REFUSED, detail, None, "", 0)
        service = LISTENER if self._policy.listens(arn) else service_of(request, arn)
        parameters = service.what_goes(request, arn)
        whose, way = scoped(request.tenant_id, request.subscription_id), self._way(service, arn, request)
        return Going(request, service, arn, way, whose, parameters, service.size(parameters))

    def sent(self, going: Going) -> Outcome:
        started = self.clock()
        answer = self._called(going)
        if answer.status == TOO_LARGE and going.service.pointed is not None:
            answer = self._instead(going, answer, started)
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
            answer = answers.not_assumed(going.way, error.__cause__)
            return replace(answer, is_told=True) if error.is_anothers else answer
        except ClientError as error:
            if code_of(error) in ENDED:
                self._forget(going.way)
            return answers.failed(service, going.arn, going.way, error, going.size)
        except (BotoCoreError, HTTPClientError) as error:
            return answers.lost(f"{service.name}:{service.operation}", error)

    def _called(self, going: Going) -> Answer:
        service = going.service
        if going.size > service.most_bytes:
            detail = answers.too_large(service, going.size, f"at most {service.most_bytes}")
            return Answer(TOO_LARGE, None, detail)
        found = self.asked(going, lambda client: service.call(client, going.parameters))
        if isinstance(found, Answer):
            return found
        return answers.answered(service, going.arn, going.way, found, going.size)

    def _instead(self, going: Going, refused: Answer, started: float) -> Answer:
        """Of what the service does not take, or would not: a pointer, if the subscription asks for one."""
        request, service = going.request, going.service
        if not request.large or self._bodies is None or service.pointed is None:
            return replace(refused, detail=refused.detail + OFFER)
        try:
            pointer = self._bodies.written(request, service.kept(request))
        except NotWrittenError as error:
            return Answer(None, NOT_KEPT, f"too large, and the dispatcher's s3:PutObject failed: {error}")
        if self.clock() - started + CONNECT_SECONDS + going.way.seconds > request.timeout_seconds:
            return Answer(None, NOT_KEPT, f"{refused.detail}. No time was left to send a pointer")
        parameters = service.what_goes(service.pointed(request, pointer), going.arn)
        answer = self._called(replace(going, parameters=parameters, size=service.size(parameters)))
        return replace(answer, told={**answer.told, "object": pointer.key})

    def _way(self, service: Service, arn: Arn, request: TargetRequest) -> Way:
        seconds = request.waits or ANSWER_SECONDS
        if request.role_arn is None:
            return Way(service.client_name, arn.region, seconds)
        named = external_id(self._policy.stack, request.tenant_id, request.subscription_id)
        return Way(service.client_name, arn.region, seconds, request.role_arn, named)


def service_of(request: TargetRequest, arn: Arn) -> Service:
    """A function whose answer is waited for is another way to call it, with another limit."""
    return LAMBDA_ANSWER if arn.service == LAMBDA.name and request.waits else SERVICES[arn.service]
