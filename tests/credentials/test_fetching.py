"""The guarded client: hostile addresses lead nowhere, and hostile answers end soon."""

from __future__ import annotations

import datetime
import gzip
import ipaddress
import socket
import ssl
import threading
import time

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from credentials import fetching
from credentials.fetching import NotFetched, fetch

HOSTILE = [
    # Other ways out than https.
    "http://example.org/",
    "ftp://example.org/",
    "file:///etc/passwd",
    "gopher://example.org/",
    "data:application/json,{}",
    "javascript:alert(1)",
    "//example.org/",
    "example.org",
    "https:///no-host",
    "https://",
    # Hosts that are not what they seem.
    "https://example.org@127.0.0.1/",
    "https://user:password@example.org/",
    "https://example.org\\@127.0.0.1/",
    "https://127.0.0.1%2f.example.org/",
    "https://[fe80::1%25eth0]/",
    "https://exa mple.org/",
    "https://example.org/\r\nHost: inside",
    "https://ⓛocalhost/",
    "https://[::1",
    "https://" + "a" * 2_000 + ".example/",
    # Other ports than that of https.
    "https://example.org:22/",
    "https://example.org:6379/",
    "https://example.org:99999/",
    # This machine.
    "https://localhost/",
    "https://127.0.0.1/",
    "https://127.8.9.10/",
    "https://127.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://017700000001/",
    "https://0.0.0.0/",
    "https://[::1]/",
    "https://[::]/",
    # Its neighbors.
    "https://10.0.0.1/",
    "https://172.16.0.1/",
    "https://192.168.1.1/",
    "https://100.64.0.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://[fe80::1]/",
    "https://[fc00::1]/",
    "https://[fec0::1]/",
    # An IPv4 address inside of an IPv6 address.
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:10.0.0.1]/",
    "https://[::127.0.0.1]/",
    "https://[2002:7f00:1::]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[64:ff9b:1::a00:1]/",
    "https://[2001:0:7f00:1::]/",
    # Addresses of nobody, and of many.
    "https://192.0.2.1/",
    "https://198.51.100.1/",
    "https://203.0.113.1/",
    "https://[2001:db8::1]/",
    "https://224.0.0.1/",
    "https://[ff02::1]/",
    "https://255.255.255.255/",
]


@pytest.fixture
def no_connections(monkeypatch):
    """Whatever would connect fails the test; names of numbers resolve as the system does it."""
    asked = []
    monkeypatch.setattr(socket, "create_connection", lambda *args, **named: asked.append(args))
    yield
    assert asked == []


def by_number(host: str, port: int) -> list[str]:
    """As the C library resolves: ``2130706433`` and ``0x7f000001`` are numbers, too."""
    if host == "localhost":
        return ["127.0.0.1"]
    try:
        return [str(ipaddress.ip_address(host))]
    except ValueError:
        return [socket.inet_ntoa(socket.inet_aton(host))]


def test_there_are_fifty_five_hostile_addresses():
    assert len(set(HOSTILE)) == 55


@pytest.mark.parametrize("url", HOSTILE)
def test_a_hostile_address_is_never_asked(no_connections, url):
    with pytest.raises(NotFetched):
        fetch(url, resolve=by_number)


def test_a_name_with_one_inner_address_among_public_ones_is_never_asked(no_connections):
    with pytest.raises(NotFetched, match="public internet"):
        fetch("https://example.org/", resolve=lambda host, port: ["93.184.215.14", "10.0.0.1"])


def test_a_name_that_takes_too_long_to_resolve_is_given_up(no_connections, monkeypatch):
    monkeypatch.setattr(fetching, "SECONDS", 0.05)

    with pytest.raises(NotFetched, match="in time"):
        fetch("https://example.org/", resolve=lambda host, port: time.sleep(0.3) or [])


def test_a_name_without_address_is_said_so(no_connections):
    def unknown(host: str, port: int) -> list[str]:
        raise socket.gaierror

    with pytest.raises(NotFetched, match="no host"):
        fetch("https://example.org/", resolve=unknown)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_a_public_address_may_be_asked(address):
    assert fetching.is_public(ipaddress.ip_address(address))


class Server:
    """Answers one request over TLS with these bytes, however malformed."""

    def __init__(self, folder, answer: list[bytes], *, pause: float = 0) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "issuer.example")])
        now = datetime.datetime.now(datetime.UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(1)
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName("issuer.example")]), False)
            .sign(key, hashes.SHA256())
        )
        pem = serialization.Encoding.PEM
        file = folder / "both.pem"
        file.write_bytes(
            key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
            + certificate.public_bytes(pem)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        self.trust = ssl.create_default_context(cafile=str(file))
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.request = b""
        self._answer, self._pause = answer, pause
        self._thread = threading.Thread(target=self._serve, args=(context,), daemon=True)
        self._thread.start()

    def _serve(self, context: ssl.SSLContext) -> None:
        try:
            accepted, _ = self._listener.accept()
            with context.wrap_socket(accepted, server_side=True) as client:
                self.request = client.recv(4096)
                for part in self._answer:
                    client.sendall(part)
                    time.sleep(self._pause)
        except OSError:
            pass
        finally:
            self._listener.close()


@pytest.fixture
def ask(tmp_path, monkeypatch, socket_enabled):
    """Fetch from a server of our own, which stands in for a public one."""
    real = socket.create_connection

    def fetched(*answer: bytes, pause: float = 0, host: str = "issuer.example", **named):
        server = Server(tmp_path, list(answer), pause=pause)
        monkeypatch.setattr(
            socket, "create_connection", lambda to, **kw: real(("127.0.0.1", server.port), **kw)
        )
        result = fetch(
            f"https://{host}/did.json",
            resolve=lambda host, port: ["93.184.215.14"],
            context=server.trust,
            **named,
        )
        return result, server

    return fetched


def response(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode() + body


JSON = "Content-Type: application/did+json; charset=utf-8"


def test_a_document_is_had(ask):
    fetched, server = ask(response(b'{"id": 1}', JSON))

    assert fetched == fetching.Fetched(b'{"id": 1}', "application/did+json")
    assert server.request.startswith(b"GET /did.json HTTP/1.1\r\nHost: issuer.example\r\n")


def test_a_compressed_document_is_had(ask):
    fetched, _ = ask(response(gzip.compress(b"{}"), JSON, "Content-Encoding: gzip"))

    assert fetched.content == b"{}"


BOMB = gzip.compress(b" " * (fetching.MAX_BYTES + 1))


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (response(b"", "Location: https://10.0.0.1/", status="302 Found"), "302"),
        (response(b"{}", JSON, status="404 Not Found"), "404"),
        (response(b"<html>", "Content-Type: text/html"), "another kind"),
        (response(b"{}"), "another kind"),
        (response(b" " * (fetching.MAX_BYTES + 1), JSON), "larger than 256"),
        (response(BOMB, JSON, "Content-Encoding: gzip"), "larger than 256"),
        (response(BOMB[:99], JSON, "Content-Encoding: gzip"), "cut off"),
        (response(b"no gzip", JSON, "Content-Encoding: gzip"), "not compressed"),
        (response(b"{}", JSON, "Content-Encoding: br"), "not asked for"),
        (f"HTTP/1.1 200 OK\r\n{JSON}\r\nContent-Length: 99\r\n\r\n{{".encode(), "."),
        (b"SSH-2.0-OpenSSH\r\n", "did not answer"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200, "did not answer"),
        (b"", "did not answer"),
    ],
)
def test_a_hostile_answer_is_refused(ask, answer, said):
    with pytest.raises(NotFetched, match=said):
        ask(answer)


@pytest.mark.parametrize("start", [b"", response(b"", JSON)[:-4]])
def test_an_answer_that_drips_is_cut_at_the_deadline(ask, monkeypatch, start):
    monkeypatch.setattr(fetching, "SECONDS", 0.6)
    begun = time.monotonic()

    with pytest.raises(NotFetched, match="took too long"):
        ask(start, *[b"X"] * 150, pause=0.1)

    assert time.monotonic() - begun < 10


def test_a_certificate_of_another_host_is_refused(ask):
    with pytest.raises(NotFetched, match="did not answer"):
        ask(response(b"{}", JSON), host="other.example")


def test_a_picture_is_had_only_by_who_asks_for_pictures(ask):
    fetched, _ = ask(response(b"x", "Content-Type: image/png"), accept=fetching.PICTURE_TYPES)

    assert fetched.content_type == "image/png"
