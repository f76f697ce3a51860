"""Row 7: the AWS calls and DynamoDB units of one delivered event, beside the least that would do.

One event of 2 KB, one subscriber that takes it at once; counted by a proxy between the deployed functions
and the local stack. Configuration and secrets are read once for many events (a cache of 10 s and more in
each environment) and are not counted; an event that comes alone after that reads its source and, twice, its
subscription anew, 0.5 units each. Receives and deletes are made by Lambda's poller, by AWS itself, at
the queue owner's cost: not counted as calls, but in the dollars, on both sides.

The least, call by call, the guarantee each serves in brackets, and why it cannot be saved:

1. SendMessage, events queue: the promise behind the 2xx has to outlive every crash after it (2). To put
   the event's item instead saves nothing: between that item and its deliveries something must still
   remember that they are owed, and to take that mark off the item again is a write of 2 units. One
   transaction of all of it needs no mark, but costs 6 units for 3, and reaches 99 subscribers.
2. PutItem, event: one condition takes the dedupe key (3), and retries need the body (2). 2 units (gzip),
   and 1 of the index by_tenant: the event log, which no guarantee asks for but whoever recovers a time
   range does. In a full batch a tenth of a call.
3. PutItem, delivery: pending, and on record before a message can be lost (2). 1 unit, and 1 of the index
   `due`: nobody can ask a queue what it lost. As a part of the event's item it would make every later
   write one of 2 units. To read each delivery once after its grace, in place of the index (here and in
   7), would be cheaper by a dollar a million; then the sweeper's work is all traffic, and not what is
   stuck. In a full batch a tenth of a call.
4. SendMessageBatch, deliveries queue: a slow subscriber holds up its own message group and nobody else
   (4). To post from fan-out would save 4 and 5, and let the slowest hold up the events behind it. A call
   carries ten messages, of one event or of ten: in a full batch a tenth.
5. UpdateItem, claim: a message that comes twice sends once (3). 1 unit; in a full batch a tenth of a call.
6. BatchGetItem: the endpoint's health (4: the breaker) and the event, 0.5 units each. One look at the
   endpoint serves all messages that go there at the same moment: in a full batch a tenth. The event could
   travel in the message, which SQS bills no higher up to some 4 KB: 0.06 dollars a million. But four
   roles write to that queue, and Doorbell would sign, as a verified source's, what any of them put there
   (1).
7. UpdateItem, record: what came of it, once (3), and out of the index `due` (2). 1 unit, 1 of the index,
   and 1 of the index `shelf`: the history, which no guarantee asks for but whoever looks for what was
   delivered does (`History=undelivered` saves it). Of answers that come in the same moment, one call
   records all.

Seven calls, 9 write units, 1 read unit. Where calls can be traded for units, the cheaper way counts: SQS
asks money for calls, DynamoDB for units only.
"""

from collections.abc import Iterator
from urllib.parse import urlsplit

from doorbell_cli.ops.bill import bill
from doorbell_cli.ops.counted import Load, prices
from doorbell_cli.stack import Progress, local_stack
from tests.bench.calls_counted import BATCH, Counted
from tests.bench.calls_units import Cost
from tests.bench.line import Line
from tests.bench.local_stack_load import BODY_BYTES
from tests.bench.local_stack_subscriber import arrivals
from tests.support.counting import counting
from tests.support.gateway import Gateway

WRITE_UNITS = 9.0
LEAST = Cost(
    {"SendMessage": 1, "PutItem": 2, "SendMessageBatch": 1, "UpdateItem": 2, "BatchGetItem": 1},
    WRITE_UNITS,
    1.0,
)
IN_BATCHES = {
    "SendMessage": 1,
    "SendMessageBatch": 1 / BATCH,
    "BatchGetItem": 1 / BATCH,
    "BatchExecuteStatement": 4 / BATCH,
}
LEAST_IN_BATCHES = Cost(IN_BATCHES, WRITE_UNITS, 0.5 + 0.5 / BATCH)


def lines() -> Iterator[Line]:
    with counting() as counts, arrivals() as seen:
        parameters = {"AwsEndpointUrl": counts.url, "GraceSeconds": "900"}
        with local_stack(Progress(quiet=True), parameters=parameters) as stack:
            counts.upstream = urlsplit(stack.endpoint_url).port or 0
            bench = Counted(Gateway(stack), counts, seen)
            alone, in_batches = bench.alone(), bench.in_batches()
    yield _line("AWS calls", alone.all_calls, LEAST.all_calls, alone)
    yield _line("DynamoDB read units", alone.read_units, LEAST.read_units, alone)
    yield _line("DynamoDB write units", alone.write_units, LEAST.write_units, alone)
    ours, least = (cost.dollars(BATCH) for cost in (in_batches, LEAST_IN_BATCHES))
    yield _line("dollars for requests, in batches of ten", ours, least, in_batches)
    yield _bill(in_batches)


def _line(what: str, ours: float, least: float, cost: Cost) -> Line:
    figures = {f"calls_{name}": count for name, count in cost.calls.items()}
    units = {"write_units": cost.write_units, "read_units": cost.read_units}
    return Line(
        row="7",
        what=f"per delivered event: {what}",
        against="the least the guarantees allow",
        ratio=ours / least,
        goal=1.0,
        figures={"ours": ours, "least": least, **figures, **units},
    )


def _bill(ours: Cost) -> Line:
    """All that grows with the events, Lambda's time, logs and storage included, as `doorbell cost` has it."""
    batch, as_of = prices()["assumed"]["batch"], prices()["as_of"]
    one, two = (sum(line.usd for line in bill(Load(n * 1e6, 1, BODY_BYTES, 0.0))) for n in (1, 2))
    usd = two - one
    least = usd - (ours.dollars(BATCH) - LEAST_IN_BATCHES.dollars(BATCH))
    return Line(
        row="7",
        what=f"a million events: {usd:.2f} dollars (prices of {as_of})",
        against=f"with the least: {least:.2f}",
        ratio=usd / least,
        figures={
            "usd": usd,
            "usd_least": least,
            "usd_a_month_besides": one - usd,
            "prices_as_of": as_of,
            "batch_assumed": batch,
        },
    )
