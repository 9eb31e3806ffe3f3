"""Certificates for a cluster of one's own: of an authority, for scheduler, workers and client.

Whoever holds a certificate of this authority may send code to the cluster; nobody else gets in.
distributed checks that much on both ends of every connection, and no names of hosts (its TLS
contexts have ``check_hostname = False``), so that a worker's certificate is good on any host.
"""

import ipaddress
import json
import os
import shlex
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from maiscreen.candidates.errors import InputError

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

ROLES = ("scheduler", "worker", "client")
"""Who needs a certificate; each has a folder of its own, and no more than that on its host."""

AUTHORITY, CERTIFICATE, KEY, CONFIG = "ca.pem", "cert.pem", "key.pem", "dask.yaml"
"""Files of such a folder."""

MAX_DAYS = 3650

_SKEW = timedelta(hours=1)
"""Clocks of the hosts may be slow by as much."""

_CONFIG = """\
# Settings of Dask for the {role}, taken with DASK_CONFIG=FOLDER/dask.yaml
# Paths are absolute: change them if this folder lies elsewhere on its host.
distributed:
  comm:
    require-encryption: true
    tls:
      min-version: 1.3
      ca-file: {authority}
      {role}:
        cert: {certificate}
        key: {key}
"""


def make_certificates(folder: Path, hosts: Sequence[str], days: int) -> Path:
    """Make the authority and the certificates of all roles; nothing is ever overwritten.

    Parameters
    ----------
    folder : Path
        Must not be there, or be empty. Only its owner may read it afterwards.
    hosts : sequence of str
        Names and addresses of scheduler and workers.
    days : int
        How long the certificates are good.

    Returns
    -------
    Path
        The folder, absolute.

    Raises
    ------
    InputError
        If a host has no such name, the folder holds something or cannot be written, or
        `cryptography` is missing.
    """
    _check_installed()
    if not hosts:
        raise InputError("--host", "", "name at least the scheduler's host, or its address")
    names = [_general_name(host) for host in hosts]
    folder = Path(os.path.abspath(folder))  # noqa: PTH100 (a link stays the name that was given)
    _make_folder(folder)
    try:
        ca_key, ca = _authority(days)
        _write(folder / "ca", {AUTHORITY: _pem(ca), KEY: _key_pem(ca_key)})
        for role in ROLES:
            key, certificate = _certificate(role, names if role != "client" else [], ca_key, ca)
            contents = {AUTHORITY: _pem(ca), CERTIFICATE: _pem(certificate), KEY: _key_pem(key)}
            _write(folder / role, {**contents, CONFIG: _config(folder / role, role)})
    except OSError as error:
        raise InputError("DIR", str(folder), f"cannot be written: {error.strerror}") from error
    return folder


def commands(folder: Path, hosts: Sequence[str]) -> str:
    """Tell what goes where, and the commands that start the cluster and use it."""
    host = hosts[0]
    quoted = shlex.quote(f"tls://[{host}]:8786" if ":" in host else f"tls://{host}:8786")
    scheduler, worker, client = (_quote(folder / role) for role in ROLES)
    return f"""\
On the scheduler's host, with {folder / "scheduler"}:
  DASK_CONFIG={scheduler}/{CONFIG} dask scheduler --protocol tls --host {host} --port 8786 \
--dashboard-address 127.0.0.1:8787

On each worker's host, with {folder / "worker"}:
  DASK_CONFIG={worker}/{CONFIG} OMP_NUM_THREADS=1 dask worker {quoted} --protocol tls \
--nworkers $(nproc) --nthreads 1 --dashboard-address 127.0.0.1:0

Where you are, with {folder / "client"}:
  maiscreen run --out DIR --scheduler {quoted} --tls {client}

Copy to a host the folder named, under the same path, and nothing else; above all never ca/,
whose key admits whomever it signs: keep it offline, or delete it."""


def _check_installed() -> None:
    from importlib.util import find_spec

    if find_spec("cryptography") is None:
        remedy = 'needs cryptography; pip install "maiscreen[cluster]"'
        raise InputError("cluster", "certificates", remedy)


def _make_folder(folder: Path) -> None:
    """Make the folder, for its owner alone; take an empty one."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise InputError("DIR", str(folder), "is not empty, and no key is ever overwritten")
        folder.chmod(0o700)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        if isinstance(error, InputError):
            raise
        raise InputError("DIR", str(folder), f"cannot be written: {why}") from error


def _write(folder: Path, contents: dict[str, bytes]) -> None:
    folder.mkdir(mode=0o700)
    for name, content in contents.items():
        # Exclusive, and closed to others before the first byte is in it.
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        with os.fdopen(os.open(folder / name, flags, 0o600), "wb") as file:
            file.write(content)


def _config(folder: Path, role: str) -> bytes:
    # A text of JSON is one of YAML, whatever characters are in it.
    files = {"authority": AUTHORITY, "certificate": CERTIFICATE, "key": KEY}
    paths = {what: json.dumps(str(folder / name)) for what, name in files.items()}
    return _CONFIG.format(role=role, **paths).encode()


def _quote(path: Path) -> str:
    return shlex.quote(str(path))


def _general_name(host: str) -> "x509.GeneralName":
    """Return a host as certificates name it: an address, or a name of letters, digits and dots."""
    from cryptography import x509

    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        labels = host.removesuffix(".").split(".")
    plain = all(part.isascii() and part.replace("-", "").isalnum() for part in labels)
    if not plain or len(host) > 253 or any(len(part) > 63 for part in labels):
        raise InputError("--host", host, "give a host name or an address, such as 10.0.0.1")
    return x509.DNSName(host)


def _authority(days: int) -> "tuple[EllipticCurvePrivateKey, x509.Certificate]":
    from cryptography import x509

    key, serial = _key(), x509.random_serial_number()
    # A name of its own: certificates of two authorities are never mixed up.
    name = _name(f"maiscreen cluster {serial:x}"[:48])
    usage = _usage(key_cert_sign=True, crl_sign=True)
    builder = _builder(name, name, serial, key, days)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    return key, builder.add_extension(usage, critical=True).sign(key, _sha256())


def _certificate(
    role: str,
    names: "Sequence[x509.GeneralName]",
    ca_key: "EllipticCurvePrivateKey",
    ca: "x509.Certificate",
) -> "tuple[EllipticCurvePrivateKey, x509.Certificate]":
    from cryptography import x509
    from cryptography.x509.oid import ExtendedKeyUsageOID as Usage

    key, days = _key(), (ca.not_valid_after_utc - datetime.now(UTC)) / timedelta(days=1)
    builder = _builder(ca.subject, _name(role), x509.random_serial_number(), key, days)
    authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key())
    # Every node of a cluster both calls and is called.
    extended = x509.ExtendedKeyUsage([Usage.SERVER_AUTH, Usage.CLIENT_AUTH])
    extensions: list[tuple[Any, bool]] = [
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (_usage(digital_signature=True), True),
        (extended, False),
        (authority, False),
        (x509.SubjectAlternativeName(names or [x509.DNSName(role)]), False),
    ]
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    return key, builder.sign(ca_key, _sha256())


def _builder(
    issuer: "x509.Name",
    subject: "x509.Name",
    serial: int,
    key: "EllipticCurvePrivateKey",
    days: float,
) -> "x509.CertificateBuilder":
    from cryptography import x509

    now, public = datetime.now(UTC), key.public_key()
    builder = x509.CertificateBuilder(issuer, subject, public, serial)
    builder = builder.not_valid_before(now - _SKEW).not_valid_after(now + timedelta(days=days))
    identifier = x509.SubjectKeyIdentifier.from_public_key(public)
    return builder.add_extension(identifier, critical=False)


def _usage(**granted: bool) -> "x509.KeyUsage":
    from cryptography import x509

    every = (
        "digital_signature content_commitment key_encipherment data_encipherment key_agreement"
        " key_cert_sign crl_sign encipher_only decipher_only"
    )
    return x509.KeyUsage(**{**dict.fromkeys(every.split(), False), **granted})


def _name(text: str) -> "x509.Name":
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _key() -> "EllipticCurvePrivateKey":
    from cryptography.hazmat.primitives.asymmetric import ec

    return ec.generate_private_key(ec.SECP256R1())


def _sha256() -> Any:
    from cryptography.hazmat.primitives.hashes import SHA256

    return SHA256()


def _pem(certificate: "x509.Certificate") -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    return certificate.public_bytes(Encoding.PEM)


def _key_pem(key: "EllipticCurvePrivateKey") -> bytes:
    from cryptography.hazmat.primitives import serialization as s

    return key.private_bytes(s.Encoding.PEM, s.PrivateFormat.PKCS8, s.NoEncryption())
