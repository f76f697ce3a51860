"""What AWS answers the counted functions, always the same and at once, as the bench's stubs do; and a
subscriber's 200."""

from typing import Any

from tests.bench import dispatcher_answers, fan_out_answers, ingest_answers


def answer(operation: str, request: dict[str, Any]) -> Any:
    match operation:
        case "POST":
            return b'{"ok":true}'
        case "BatchExecuteStatement" if _is_the_dispatchers(request):
            return dispatcher_answers.answer(operation, request)
        case "Query" | "PutItem" | "BatchExecuteStatement" | "SendMessageBatch":
            return fan_out_answers.answer(operation, request)
        case "SendMessage":
            return ingest_answers.answer(operation, request)
        case "GetItem" if request["TableName"] == "Sources":
            return ingest_answers.answer(operation, request)
        case "GetParameter" if request["Name"] == "/bench/github":
            return ingest_answers.answer(operation, request)
    return dispatcher_answers.answer(operation, request)


def _is_the_dispatchers(request: dict[str, Any]) -> bool:
    """Claims and outcomes change items, fan-out puts new ones."""
    return bool(request["Statements"][0]["Statement"].startswith("UPDATE"))
