"""Notes under Django, whose settings are those of the process."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, JsonResponse
from django.test.utils import override_settings
from django.urls import path
from notes_verifier import Verifier


def notes(request: HttpRequest) -> JsonResponse:
    reads = request.method != "POST"
    permission = "notes:list" if reads else "notes:create"
    status = settings.VERIFIER.status(request.headers.get("Authorization", ""), permission)
    return JsonResponse({"notes": []}, status=status if status != 200 or reads else 201)


urlpatterns = [path("notes", notes)]
if not settings.configured:
    settings.configure(SECRET_KEY="of no use", ROOT_URLCONF=__name__, ALLOWED_HOSTS=["testserver"])
    django.setup(set_prefix=False)


def make_app(issuer: str, jwks_url: str, audience: str, permissions_claim: str) -> Iterator[Any]:
    with override_settings(VERIFIER=Verifier(issuer, jwks_url, audience, permissions_claim)):
        yield get_wsgi_application()
