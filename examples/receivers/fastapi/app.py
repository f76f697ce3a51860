"""Doorbell's deliveries, received with FastAPI."""

import os
import sqlite3
from contextlib import closing
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Request, Response
from fastapi.responses import JSONResponse
from standardwebhooks import Webhook, WebhookVerificationError

SECRETS = os.environ["WEBHOOK_SECRETS"].split()  # two of them, between blanks, while one is rotated
DATABASE = os.environ.get("DATABASE", "inbox.db")

app = FastAPI()

with closing(sqlite3.connect(DATABASE)) as db, db:
    db.execute("CREATE TABLE IF NOT EXISTS inbox (id TEXT PRIMARY KEY, type TEXT, body BLOB)")


async def raw_body(request: Request) -> bytes:
    return await request.body()


# The trap: a parameter with a model, or `body: dict`, is parsed before the view runs. JSON written anew has
# other blanks than what was signed, and a form or a wrong type is 422 whoever sent it. The bytes are a
# dependency here, so that the view can be a plain `def`: in an `async` one SQLite holds up the event loop.
@app.post("/hooks")
def hooks(request: Request, body: Annotated[bytes, Depends(raw_body)]) -> Response:
    headers = dict(request.headers)
    if not any(verified(secret, body, headers) for secret in SECRETS):
        raise HTTPException(401)
    # Taken once, whatever comes twice. Somebody else works on what is in the inbox: the answer does not wait.
    with closing(sqlite3.connect(DATABASE)) as db, db:
        db.execute(
            "INSERT INTO inbox VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            (headers["webhook-id"], headers["doorbell-event-type"], body),
        )
    if headers["doorbell-event-type"] == "doorbell.test":
        return JSONResponse({"verified": headers["webhook-id"]})  # who set it up sees it
    return Response(status_code=204)


@app.post("/hooks/v1", status_code=410)
def retired() -> None:
    """410 ends it: Doorbell disables the subscription and says so."""


def verified(secret: str, body: bytes, headers: dict[str, str]) -> bool:
    try:
        Webhook(secret).verify(body, headers, json_parse=False)  # not every body is JSON
    except (WebhookVerificationError, ValueError):  # ValueError: the library reads UTF-8 only
        return False
    return True
