"""Certificates as files: who may read them, what is in them."""

import stat
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID as Usage

from maiscreen.candidates.errors import InputError
from maiscreen.runners.cli import main
from maiscreen.runners.cluster.certificates import ROLES, make_certificates


def read(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_certificates(
        tmp_path_factory.mktemp("certs") / "a" / "b", ["node1", "10.0.0.1", "::1"], 30
    )


def test_files_are_for_their_owner_alone(made: Path) -> None:
    inside = list(made.rglob("*"))
    assert {path.name for path in made.iterdir()} == {"ca", *ROLES}
    modes = {stat.S_IMODE(path.stat().st_mode) for path in inside if path.is_file()}
    assert modes == {0o600}
    folders = [made, *(path for path in inside if path.is_dir())]
    assert {stat.S_IMODE(path.stat().st_mode) for path in folders} == {0o700}


def test_no_role_has_the_key_of_another(made: Path) -> None:
    keys = [(made / folder / "key.pem").read_bytes() for folder in ("ca", *ROLES)]
    assert len(set(keys)) == 4
    for folder in ROLES:
        assert {path.name for path in (made / folder).iterdir()} == {
            "ca.pem",
            "cert.pem",
            "key.pem",
            "dask.yaml",
        }


def test_certificates_are_of_the_authority(made: Path) -> None:
    authority = read(made / "ca" / "ca.pem")
    for role in ROLES:
        assert read(made / role / "ca.pem") == authority
        found = read(made / role / "cert.pem")
        found.verify_directly_issued_by(authority)
        key = load_pem_private_key((made / role / "key.pem").read_bytes(), None)
        assert found.public_key() == key.public_key()
        assert isinstance(found.public_key(), EllipticCurvePublicKey)
        extensions = found.extensions
        assert not extensions.get_extension_for_class(x509.BasicConstraints).value.ca
        usage = extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        assert set(usage) == {Usage.SERVER_AUTH, Usage.CLIENT_AUTH}
        left = found.not_valid_after_utc - datetime.now(UTC)
        assert timedelta(days=29) < left <= timedelta(days=30)
        assert found.not_valid_after_utc <= authority.not_valid_after_utc
    names = read(made / "worker" / "cert.pem").extensions.get_extension_for_class(
        x509.SubjectAlternativeName
    )
    assert names.value.get_values_for_type(x509.DNSName) == ["node1"]
    addresses = names.value.get_values_for_type(x509.IPAddress)
    assert addresses == [ip_address("10.0.0.1"), ip_address("::1")]


def test_two_authorities_have_two_names(made: Path, tmp_path: Path) -> None:
    other = make_certificates(tmp_path / "other", ["node1"], 30)
    assert read(made / "ca" / "ca.pem").subject != read(other / "ca" / "ca.pem").subject


def test_nothing_is_overwritten(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = {path: path.read_bytes() for path in made.rglob("*") if path.is_file()}
    assert main.main(["cluster", "certificates", str(made), "--host", "node1"]) == 2
    assert "no key is ever overwritten" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in made.rglob("*") if path.is_file()} == before


def test_the_commands_are_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "my certs"
    command = ["cluster", "certificates", str(out), "--host", "fd00::1", "--days", "9"]
    assert main.main(command) == 0
    told, err = capsys.readouterr()
    assert err == ""
    assert f"DASK_CONFIG='{out}/scheduler'/dask.yaml dask scheduler --protocol tls" in told
    assert "dask worker 'tls://[fd00::1]:8786' --protocol tls" in told
    assert f"--scheduler 'tls://[fd00::1]:8786' --tls '{out}/client'" in told
    assert "good for 9 days" in told


@pytest.mark.parametrize(
    ("host", "days", "told"),
    [
        ("a b", "1", "--host = 'a b': give a host name or an address"),
        ("", "1", "--host = '': give a host name"),
        ("*.org", "1", "--host = '*.org': give a host name"),
        ("x" * 64, "1", "give a host name"),
        ("node1", "0", "--days = '0': give a whole number from 1 to 3650"),
        ("node1", "99999", "--days = '99999'"),
    ],
)
def test_what_cannot_be_certified(
    host: str, days: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "certs"
    command = ["cluster", "certificates", str(out), "--host", host, "--days", days]
    assert main.main(command) == 2
    err = capsys.readouterr().err
    assert told in err
    assert err.count("\n") == 1
    assert not out.exists()


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for folder, why in (("file", "File exists"), ("file/in", "Not a directory"), ("a\0b", "null")):
        with pytest.raises(InputError, match=f"DIR = .* cannot be written: .*{why}"):
            make_certificates(tmp_path / folder, ["node1"], 1)
