"""One function as it is deployed, under one input, and the most memory its process ever held.

Arguments: the file with the input; a file for what is told. An event comes as text and an answer goes as
text, as in Lambda's runtime client, which keeps both beside what they say.
"""

import json
import sys

import app
from measure import peak_kib, told
from records import Context


def main() -> None:
    idle = peak_kib()
    with open(sys.argv[1]) as file:
        text = file.read()
    answer = json.dumps(app.handler(json.loads(text), Context(3600)))
    told({"idle_kib": idle, "peak_kib": peak_kib(), "answer_bytes": len(answer), "answer": answer[:300]})


if __name__ == "__main__":
    main()
