"""The one way out to addresses that strangers name: bounded in where, how long and how much.

Only https, only public addresses, no redirects. A name is resolved once and the connection goes to
the address that was looked at, so that an answer which changes in between leads nowhere else.
"""

from __future__ import annotations

import http.client
import ipaddress
import math
import socket
import ssl
import time
import zlib
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong
from dataclasses import dataclass
from threading import Timer
from urllib.parse import urlsplit

from credentials.vc.said import Explained, Said

SECONDS = 5.0
"""For all of it: resolving, connecting, and the last byte."""
MAX_BYTES = 262_144
"""Of the answer, as it comes and after inflating."""
MAX_URL = 2_000
JSON_TYPES = frozenset(
    {
        *("application/json", "application/ld+json", "application/did+json"),
        *("application/did+ld+json", "application/did", "application/vc"),
        *("application/vc+ld+json", "application/vc+jwt", "application/jwt", "text/plain"),
    }
)
PICTURE_TYPES = frozenset({"image/png", "image/svg+xml", "application/pdf"})

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], list[str]]

# Beyond what is_global knows: ranges that carry an IPv4 address on, or that nobody serves from.
DENIED = [
    ipaddress.ip_network(network)
    for network in (
        "192.88.99.0/24",  # 6to4 relays
        "::/96",  # IPv4-compatible
        "::ffff:0:0/96",  # IPv4-mapped
        "::ffff:0:0:0/96",  # IPv4-translated
        "64:ff9b::/96",  # NAT64
        "64:ff9b:1::/48",  # NAT64 for local use
        "100::/64",  # discarded
        "2001::/23",  # protocol assignments, Teredo among them
        "2001:db8::/32",  # documentation
        "3fff::/20",  # documentation
        "2002::/16",  # 6to4
        "5f00::/16",  # segment routing
        "fec0::/10",  # site-local
    )
]
# Workers of their own: a resolver that hangs must not hold what serves pages.
_resolvers = ThreadPoolExecutor(max_workers=8, thread_name_prefix="resolve")


class NotFetched(Explained):
    """Nothing was had from there."""


@dataclass(frozen=True)
class Fetched:
    content: bytes
    content_type: str


def is_public(address: Address) -> bool:
    """Whether this is the address of a host on the public internet, and carries no other one."""
    return (
        address.is_global
        and not address.is_multicast
        and not address.is_reserved
        and not any(address in network for network in DENIED)
    )


def fetch(
    url: str,
    *,
    accept: Collection[str] = JSON_TYPES,
    seconds: float = math.inf,
    resolve: Resolve | None = None,
    context: ssl.SSLContext | None = None,
) -> Fetched:
    """What lies at the address, of one of these content types. Raises ``NotFetched``.

    It takes at most ``SECONDS``, and ``seconds`` where that is less.
    """
    deadline = time.monotonic() + min(SECONDS, seconds)
    host, port, target = _taken_apart(url)
    address = _public_address(host, port, resolve or _resolve, deadline)
    connection = _Connection(host, port, address, deadline, context or ssl.create_default_context())
    # Each read may wait; the timer ends them all, however slowly the bytes drip.
    timer = Timer(max(0.0, deadline - time.monotonic()), connection.cut)
    timer.daemon = True
    timer.start()
    try:
        connection.request(
            "GET",
            target,
            headers={
                "Accept": ", ".join(sorted(accept)),
                "Accept-Encoding": "gzip, identity",
                "User-Agent": "Cairn verifier",
            },
        )
        fetched = _read(connection.getresponse(), accept)
        if time.monotonic() >= deadline:
            # To whom no length is told, being cut looks like the end.
            raise TimeoutError
        return fetched
    except (OSError, http.client.HTTPException, ValueError) as error:
        if time.monotonic() >= deadline:
            raise NotFetched(Said("{host} took too long to answer.", host=host)) from error
        raise NotFetched(Said("{host} did not answer as a website does.", host=host)) from error
    finally:
        timer.cancel()
        connection.close()


def _taken_apart(url: str) -> tuple[str, int, str]:
    if len(url) > MAX_URL or not url.isascii() or not url.isprintable() or " " in url:
        raise NotFetched(Said("Write the address in plain letters, without spaces."))
    if "\\" in url:
        # Some programs read it as a slash, and so see another host.
        raise NotFetched(Said("Write the address without backslashes."))
    try:
        parts = urlsplit(url)
        port = parts.port or 443
    except ValueError as error:
        raise NotFetched(Said("This is not an address.")) from error
    if parts.scheme != "https":
        raise NotFetched(Said("Only addresses that begin with https:// are read."))
    if not parts.hostname or "@" in parts.netloc or "%" in parts.netloc:
        raise NotFetched(Said("The address must name a host, and no user."))
    if port != 443:
        raise NotFetched(Said("Only the usual port of https is asked."))
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return parts.hostname, port, target


def _resolve(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(sockaddr[0]) for *_rest, sockaddr in found]


def _public_address(host: str, port: int, resolve: Resolve, deadline: float) -> Address:
    """The first address of the host. One that is not public makes all of them suspect."""
    try:
        names = _resolvers.submit(resolve, host, port).result(deadline - time.monotonic())
        addresses = [ipaddress.ip_address(name) for name in names]
    except TookTooLong as error:
        raise NotFetched(
            Said("The name {host} could not be resolved in time.", host=host)
        ) from error
    except (OSError, ValueError) as error:
        raise NotFetched(Said("There is no host {host}.", host=host)) from error
    if not addresses or not all(map(is_public, addresses)):
        raise NotFetched(Said("{host} is not a host on the public internet.", host=host))
    return addresses[0]


class _Connection(http.client.HTTPSConnection):
    """To the address that was looked at, under the name that was asked for."""

    def __init__(
        self, host: str, port: int, address: Address, deadline: float, context: ssl.SSLContext
    ) -> None:
        super().__init__(host, port, context=context)
        self._address = str(address)
        self._deadline = deadline
        self._tls = context
        self._raw: socket.socket | None = None
        self._is_cut = False

    def connect(self) -> None:
        left = max(0.1, self._deadline - time.monotonic())
        self._raw = socket.create_connection((self._address, self.port), timeout=left)
        # wrap_socket takes the descriptor over; until then cut() must reach it, too.
        self.sock = self._tls.wrap_socket(
            self._raw, server_hostname=self.host, do_handshake_on_connect=False
        )
        if self._is_cut:
            raise TimeoutError
        self.sock.do_handshake()

    def cut(self) -> None:
        """From another thread: whoever waits on the connection is woken at once."""
        self._is_cut = True
        for open_socket in (self.sock, self._raw):
            try:
                if open_socket is not None:
                    # Of the socket, not of TLS: that would wait for the other side.
                    socket.socket.shutdown(open_socket, socket.SHUT_RDWR)
            except OSError:
                pass


def _read(response: http.client.HTTPResponse, accept: Collection[str]) -> Fetched:
    if response.status != http.client.OK:
        raise NotFetched(
            Said(
                "The address answers with {status}; it must lead straight to the document.",
                status=response.status,
            )
        )
    kind = (response.headers.get_content_type() or "").lower()
    if kind not in accept or "content-type" not in response.headers:
        raise NotFetched(Said("What lies at the address is of another kind than a credential is."))
    content = response.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise _too_large()
    if response.length:
        raise NotFetched(Said("The answer was cut off."))
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding == "gzip":
        content = _inflated(content)
    elif encoding != "identity":
        raise NotFetched(Said("The answer is compressed in a way that was not asked for."))
    return Fetched(content, kind)


def _inflated(content: bytes) -> bytes:
    inflater = zlib.decompressobj(wbits=31)
    try:
        inflated = inflater.decompress(content, MAX_BYTES + 1)
    except zlib.error as error:
        raise NotFetched(Said("The answer is not compressed as it says.")) from error
    if len(inflated) > MAX_BYTES:
        raise _too_large()
    if not inflater.eof or inflater.unused_data:
        raise NotFetched(Said("The answer was cut off."))
    return inflated


def _too_large() -> NotFetched:
    return NotFetched(Said("The answer is larger than {size} KiB.", size=MAX_BYTES // 1024))
