"""One function as it is deployed, under one input, and the most memory its process ever held.

Arguments: the file with the input; a file for what is told. An event comes as text and an answer goes as
text, as in Lambda's runtime client, which keeps both beside what they say.
"""

import json
import sys

import app
from measure import told


class Context:
    """What Lambda gives a handler."""

    function_name = aws_request_id = invoked_function_arn = function_version = "bench"
    memory_limit_in_mb = 512

    def get_remaining_time_in_millis(self) -> int:
        return 3_600_000


def peak_kib() -> int:
    """Unlike `ru_maxrss` nothing of the process that started this one."""
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))


def main() -> None:
    idle = peak_kib()
    with open(sys.argv[1]) as file:
        text = file.read()
    answer = json.dumps(app.handler(json.loads(text), Context()))
    told({"idle_kib": idle, "peak_kib": peak_kib(), "answer_bytes": len(answer), "answer": answer[:300]})


if __name__ == "__main__":
    main()
