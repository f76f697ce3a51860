"""What AWS answers ingest: one GitHub source, its secret, and every message taken."""

from typing import Any

from tests.bench.inside.github import SECRET, SOURCE

SOURCE_ITEM = {
    "source_id": {"S": SOURCE},
    "provider": {"S": "github"},
    "tenant_id": {"S": "bench"},
    "secrets": {"L": [{"S": "ssm:/bench/github"}]},
}


def answer(operation: str, request: dict[str, Any]) -> dict[str, Any]:
    match operation:
        case "GetItem":
            return {"Item": SOURCE_ITEM}
        case "GetParameter":
            return {"Parameter": {"Name": request["Name"], "Type": "SecureString", "Value": SECRET}}
        case "SendMessage":
            return {"MessageId": "00000000-0000-0000-0000-000000000000", "MD5OfMessageBody": ""}
    raise ValueError(f"ingest asked for {operation}")
