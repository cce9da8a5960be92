"""A wallet's library that is not ours fetches a credential from a server, over HTTP."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import Any

import pytest
from django.test import Client

from credentials import tasks, verifying
from credentials.vc.verify import Verdict
from tests.credentials.awards import issued
from tests.interop.verifiers import FOLDER
from tests.wallets.wallet import EMBEDDED, JWT, told
from wallets.models import Delivery

LIBRARY = FOLDER / "node_modules" / "@openid4vc" / "openid4vci"

pytestmark = pytest.mark.skipif(
    shutil.which("node") is None or not LIBRARY.is_dir(),
    reason="The wallet for Node: node or its libraries are missing: npm ci --prefix tests/interop",
)


def fetch_with_node(link: str, code: str, **more: Any) -> dict[str, Any]:
    said = subprocess.run(
        ["node", "wallet.mjs"],
        cwd=FOLDER,
        input=json.dumps({"link": link, "transactionCode": code, **more}),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert said.returncode == 0, said.stderr
    answer: dict[str, Any] = json.loads(said.stdout)
    return answer


@pytest.mark.parametrize(("configuration", "format"), [(EMBEDDED, "ldp_vc"), (JWT, "jwt_vc_json")])
def test_a_wallet_gets_a_credential_that_verifies(configuration, format, live_server, settings):
    settings.BASE_URL = live_server.url
    (credential,) = issued()
    browser = Client()
    browser.force_login(credential.award.learner)
    link, code = told(browser.post(f"{credential.get_absolute_url()}/wallet"))
    tasks.sign_jwts()

    got = fetch_with_node(link, code, configuration=configuration)

    assert (got["format"], got["refused"]) == (format, "invalid_grant")
    text = got["credential"] if format == "jwt_vc_json" else json.dumps(got["credential"])
    assert verifying.verify_document(text.encode()).verdict == Verdict.VALID
    assert Delivery.objects.get().event == "credential_accepted"
