"""Ask one of our own web servers, as its visitors would: python scripts/probe.py URL

Exits with 0 when the answer is 200. The address is inside the installation, while the server
only answers to its public name, so that goes along as the Host.
"""

from __future__ import annotations

import os
import sys
from http.client import HTTPConnection
from urllib.parse import urlsplit


def main(address: str) -> int:
    url = urlsplit(address)
    host = urlsplit(os.environ.get("CAIRN_BASE_URL", address)).netloc
    connection = HTTPConnection(url.hostname or "127.0.0.1", url.port or 8000, timeout=4)
    try:
        connection.request("GET", url.path, headers={"Host": host})
        response = connection.getresponse()
        print(response.status, response.read(1000).decode(errors="replace").strip())
    except OSError as error:
        print(error)
        return 1
    return 0 if response.status == 200 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
