"""How a scheduler is spoken to: what an address may be, and the certificates that go with it."""

import ipaddress
import re
import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.reading import limits
from maiscreen.runners.cluster.certificates import AUTHORITY, CERTIFICATE, KEY

_ADDRESS = re.compile(r"(?:(\w+)://)?(\[[0-9a-fA-F:.]+\]|[^\s\[\]:/@?#]+):(\d{1,5})")

_MAKE = "make them with: maiscreen cluster certificates"


@dataclass(frozen=True, slots=True)
class Certificates:
    """Files of a client."""

    authority: str
    certificate: str
    key: str


def parse_address(address: str) -> tuple[str, str, int]:
    """Take an address apart: protocol, host, port.

    Raises
    ------
    InputError
        If it is none of tcp or tls.

    Examples
    --------
    >>> parse_address("tls://[::1]:8786"), parse_address("node1:8786")
    (('tls', '::1', 8786), ('tcp', 'node1', 8786))
    """
    found = _ADDRESS.fullmatch(address)
    protocol, host, port = found.groups() if found else ("", "", "0")
    if (protocol or "tcp") not in ("tcp", "tls") or not 0 < int(port) < 65536:
        remedy = "is no address of a scheduler; give one such as tls://node1:8786"
        raise InputError("--scheduler", address, remedy)
    return protocol or "tcp", host.strip("[]"), int(port)


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine, seen from within.

    Of names, ``localhost`` alone is looked up: others may mean something else tomorrow.

    Examples
    --------
    >>> [is_loopback(host) for host in ("127.0.0.7", "::1", "0.0.0.0", "node1")]
    [True, True, False, False]
    """
    if host == "localhost":
        return all(is_loopback(str(one[4][0])) for one in socket.getaddrinfo(host, None))
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def check_connection(address: str | None, tls: str | None, insecure: bool) -> None:
    """Check that a connection is one that others cannot listen to.

    Raises
    ------
    InputError
        If it is plain and leaves this machine, or is encrypted and certificates are lacking.
    """
    if address is None:
        if tls is not None:
            raise InputError("--tls", tls, "goes with --scheduler tls://HOST:PORT")
        return
    protocol, host, _ = parse_address(address)
    if protocol == "tls":
        if tls is None:
            remedy = f"needs certificates; give --tls DIR, or {_MAKE}"
            raise InputError("--scheduler", address, remedy)
        certificates(tls)
    elif tls is not None:
        remedy = f"is not encrypted, but --tls is given; write tls://{address.split('//')[-1]}"
        raise InputError("--scheduler", address, remedy)
    elif not insecure and not is_loopback(host):
        remedy = "is open to all who reach it: use tls:// and --tls DIR, or say --insecure"
        raise InputError("--scheduler", address, remedy)


def certificates(folder: str) -> Certificates:
    """Find the client's files in a folder, or in its ``client``; see that they fit together.

    Raises
    ------
    InputError
        If a file is missing, can't be read or is none, or the key is another certificate's.
    """
    inside = Path(folder) / "client"
    where = inside if inside.is_dir() else Path(folder)
    for name in (AUTHORITY, CERTIFICATE, KEY):
        try:
            limits.open_regular_file(where / name).close()
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or error
            raise InputError("--tls", folder, f"{name} in it: {why}; {_MAKE}") from None
    files = Certificates(
        *(str((where / name).absolute()) for name in (AUTHORITY, CERTIFICATE, KEY))
    )
    _check_certificate(files)
    return files


def _check_certificate(files: Certificates) -> None:
    """Verify the client's certificate: expired, or of another authority, it is no good anywhere.

    A handshake in memory, because the standard library reads certificates in no other way.
    """
    shows = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    asks = ssl_context(files)
    shows.load_cert_chain(files.certificate, files.key)
    one_way, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = shows.wrap_bio(one_way, back, server_side=True)
    client = asks.wrap_bio(back, one_way)
    try:
        for side in (client, server, client):
            with suppress(ssl.SSLWantReadError):
                side.do_handshake()
    except ssl.SSLCertVerificationError as error:
        remedy = f"holds a certificate that is no good ({error.verify_message}); {_MAKE}"
        raise InputError("--tls", str(Path(files.certificate).parent), remedy) from None


def ssl_context(files: Certificates) -> ssl.SSLContext:
    """Make what a client opens a connection with; as distributed's, it checks no host names."""
    try:
        made = ssl.create_default_context(cafile=files.authority)
        made.load_cert_chain(files.certificate, files.key)
    except ssl.SSLError as error:
        folder = str(Path(files.key).parent)
        why = error.reason or "no PEM files"
        raise InputError("--tls", folder, f"can't be used ({why}); {_MAKE}") from None
    made.check_hostname = False
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    return made


def connection_fault(address: str, tls: Certificates | None, seconds: float) -> str:
    """Explain why there is no connection: what a user can do something about, in one line.

    Parameters
    ----------
    address : str
        Of the scheduler.
    tls : Certificates, optional
        What was shown to it.
    seconds : float
        How long to wait for each of its answers.
    """
    _, host, port = parse_address(address)
    try:
        with socket.create_connection((host, port), seconds) as plain:
            plain.settimeout(seconds)
            return _server_fault(plain, tls)
    except OSError as error:
        why = str(error.strerror or error)
        return f"cannot be reached ({why}); start one with: dask scheduler"


def _server_fault(plain: socket.socket, tls: Certificates | None) -> str:
    """Describe what is wrong with a server that takes connections."""
    if tls is None:
        return _as_plain(plain)
    try:
        with ssl_context(tls).wrap_socket(plain) as speaking:
            # With TLS 1.3 its opinion of our certificate comes after the handshake.
            speaking.recv(1)
    except ssl.SSLCertVerificationError as error:
        return f"shows a certificate that is no good here ({error.verify_message}); see --tls"
    except ssl.SSLError as error:
        if error.reason == "WRONG_VERSION_NUMBER":
            return "does not speak TLS; start it with --protocol tls and its certificate"
        why = (error.reason or str(error)).split("ALERT_")[-1].lower().replace("_", " ")
        return f"refuses the certificate of --tls ({why}); take one of its own authority"
    except TimeoutError:
        return "takes connections, but does not answer; is it a Dask scheduler?"
    return "speaks TLS, but not as a Dask scheduler of this version does"


def _as_plain(plain: socket.socket) -> str:
    """Tell a server with TLS, which waits for us to speak, from one of Dask, which greets us."""
    asks = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    asks.check_hostname, asks.verify_mode = False, ssl.CERT_NONE
    try:
        with asks.wrap_socket(plain):
            pass
    except ssl.SSLError as error:
        if error.reason == "WRONG_VERSION_NUMBER":
            return "takes connections, but does not answer as this version of Dask does"
    except OSError:
        return "takes connections, but does not answer; is it a Dask scheduler?"
    return "speaks TLS alone; write tls:// and give --tls DIR"
