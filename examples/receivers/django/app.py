"""Doorbell's deliveries, received with Django: settings, URLs and view in one file."""

import os
import sqlite3
import sys
from contextlib import closing

from django.conf import settings
from django.core.management import execute_from_command_line
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from standardwebhooks import Webhook, WebhookVerificationError

SECRETS = os.environ["WEBHOOK_SECRETS"].split()  # two of them, between blanks, while one is rotated
DATABASE = os.environ.get("DATABASE", "inbox.db")

settings.configure(
    ROOT_URLCONF=__name__,
    SECRET_KEY=os.environ.get("SECRET_KEY", "only sessions and forms need a real one"),
    ALLOWED_HOSTS=os.environ.get("ALLOWED_HOSTS", "localhost 127.0.0.1").split(),
    MIDDLEWARE=["django.middleware.common.CommonMiddleware", "django.middleware.csrf.CsrfViewMiddleware"],
    DATA_UPLOAD_MAX_MEMORY_SIZE=8 * 1024 * 1024,  # 2.5 MB is Django's own: a larger push is answered 400
)

with closing(sqlite3.connect(DATABASE)) as db, db:
    db.execute("CREATE TABLE IF NOT EXISTS inbox (id TEXT PRIMARY KEY, type TEXT, body BLOB)")


# The traps: without csrf_exempt the middleware answers 403 before the view. request.POST or request.read()
# before request.body raises RawPostDataException. And where the route is "hooks/", a POST to /hooks is
# redirected (APPEND_SLASH), which Doorbell does not follow.
@csrf_exempt
@require_POST
def hooks(request):
    if not any(verified(secret, request) for secret in SECRETS):
        return HttpResponse(status=401)
    # Taken once, whatever comes twice. Somebody else works on what is in the inbox: the answer does not wait.
    with closing(sqlite3.connect(DATABASE)) as db, db:
        db.execute(
            "INSERT INTO inbox VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            (request.headers["webhook-id"], request.headers["doorbell-event-type"], request.body),
        )
    if request.headers["doorbell-event-type"] == "doorbell.test":
        return JsonResponse({"verified": request.headers["webhook-id"]})  # who set it up sees it
    return HttpResponse(status=204)


@csrf_exempt
def retired(request):
    """410 ends it: Doorbell disables the subscription and says so."""
    return HttpResponse(status=410)


def verified(secret, request):
    try:
        Webhook(secret).verify(
            request.body, dict(request.headers), json_parse=False
        )  # not every body is JSON
    except (WebhookVerificationError, ValueError):  # ValueError: the library reads UTF-8 only
        return False
    return True


urlpatterns = [path("hooks", hooks), path("hooks/v1", retired)]
application = get_wsgi_application()

if __name__ == "__main__":
    execute_from_command_line(sys.argv)
