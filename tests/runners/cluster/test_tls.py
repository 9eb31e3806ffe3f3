"""A cluster with certificates, of real processes started with the stock commands."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import tiny_science as tiny
from distributed import Client
from stock_cluster import JOINED, Stock, scheduler, worker

from maiscreen.candidates.errors import InputError
from maiscreen.runners.cli import main
from maiscreen.runners.cluster import cluster
from maiscreen.runners.cluster.certificates import make_certificates
from maiscreen.runners.runs.campaign import run
from maiscreen.screen.campaign.campaign import Campaign

CAMPAIGN = Campaign(chunk_size=16)

pytestmark = pytest.mark.usefixtures("patient")


@dataclass
class Running:
    address: str
    certificates: Path
    scheduler: Stock


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_certificates(tmp_path_factory.mktemp("foreign"), ["127.0.0.1"], 2)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    here = tmp_path_factory.mktemp("cluster")
    # A folder that YAML and shells would stumble over.
    certificates = make_certificates(here / "my: certs #1", ["127.0.0.1"], 2)
    with (
        scheduler(here, certificates) as (address, process),
        worker(address, here, certificates) as one,
    ):
        one.says(JOINED)
        yield Running(address, certificates, process)


def screen(out: Path, address: str, tls: Path | None) -> None:
    run(CAMPAIGN, out, scheduler=address, tls=tls and str(tls), screen=tiny.Tiny)


@pytest.mark.slow
def test_with_its_certificates_it_screens_as_this_process_does(
    running: Running, tmp_path: Path
) -> None:
    assert running.address.startswith("tls://")
    run(CAMPAIGN, tmp_path / "here", serially=True, screen=tiny.Tiny)
    screen(tmp_path / "there", running.address, running.certificates)
    screen(tmp_path / "short", running.address, running.certificates / "client")
    for name in ("ranking.parquet", "shortlist.csv"):
        expected = (tmp_path / "here" / name).read_bytes()
        assert (tmp_path / "there" / name).read_bytes() == expected
        assert (tmp_path / "short" / name).read_bytes() == expected


def refusal(out: Path, address: str, tls: Path | None) -> str:
    with pytest.MonkeyPatch.context() as patch, pytest.raises(InputError) as refused:
        # It comes to nothing however long it is tried; the reason is waited for.
        patch.setattr(cluster, "PATIENCE_S", 1)
        screen(out, address, tls)
    assert not out.exists()
    return str(refused.value)


@pytest.mark.slow
def test_nobody_gets_in_without_a_certificate(
    running: Running, foreign: Path, tmp_path: Path
) -> None:
    out, plain = tmp_path / "out", running.address.replace("tls:", "tcp:")
    assert "needs certificates; give --tls DIR" in refusal(out, running.address, None)
    # It sees first that the scheduler's certificate is none of its authority's.
    assert "shows a certificate that is no good here" in refusal(out, running.address, foreign)
    assert "speaks TLS alone; write tls://" in refusal(out, plain, None)


@pytest.mark.slow
def test_the_scheduler_refuses_a_certificate_of_another_authority(
    running: Running, foreign: Path, tmp_path: Path
) -> None:
    """A client that trusts the scheduler, as one would that copied ca.pem from its host."""
    forged = tmp_path / "forged"
    forged.mkdir()
    mine, ours = foreign / "client", running.certificates / "client"
    (forged / "cert.pem").write_bytes((mine / "cert.pem").read_bytes())
    (forged / "key.pem").write_bytes((mine / "key.pem").read_bytes())
    both = (ours / "ca.pem").read_bytes() + (mine / "ca.pem").read_bytes()
    (forged / "ca.pem").write_bytes(both)
    told = refusal(tmp_path / "out", running.address, forged)
    assert "refuses the certificate of --tls (unknown ca)" in told


@pytest.mark.slow
def test_a_worker_without_the_right_certificate_does_not_join(
    running: Running, foreign: Path, tmp_path: Path
) -> None:
    plain = running.address.replace("tls:", "tcp:")
    with (
        worker(running.address, tmp_path, foreign),
        worker(plain, tmp_path),
        worker(running.address, tmp_path) as without,
    ):
        without.says("TLS expects a `?ssl_context`? argument")
        # Both others have been turned away before they are counted.
        running.scheduler.says(r"(?s)TLS handshake failed.*(UNKNOWN_CA|unknown ca).*")
        running.scheduler.says(r"(?s)TLS handshake failed.*(WRONG_VERSION|HTTP_REQUEST|RECORD).*")
        with client(running) as mine:
            assert len(mine.scheduler_info()["workers"]) == 1


def client(running: Running) -> Client:
    from distributed import Security

    of = running.certificates / "client"
    names = {"tls_ca_file": "ca", "tls_client_cert": "cert", "tls_client_key": "key"}
    files = {field: str(of / f"{name}.pem") for field, name in names.items()}
    return Client(running.address, security=Security(require_encryption=True, **files), timeout=300)


@pytest.mark.slow
def test_tls_to_a_plain_scheduler(running: Running, tmp_path: Path) -> None:
    with scheduler(tmp_path) as (address, _):
        told = refusal(tmp_path / "out", address.replace("tcp:", "tls:"), running.certificates)
    assert "does not speak TLS; start it with --protocol tls" in told


@pytest.mark.slow
def test_expired_certificates(running: Running, tmp_path: Path) -> None:
    make_certificates(tmp_path / "old", ["127.0.0.1"], 0)
    told = refusal(tmp_path / "out", running.address, tmp_path / "old")
    assert "holds a certificate that is no good (certificate has expired)" in told


@pytest.mark.slow
def test_certificates_that_lack_something(running: Running, tmp_path: Path) -> None:
    certificates = make_certificates(tmp_path / "certs", ["127.0.0.1"], 2)
    key, out = certificates / "client" / "key.pem", tmp_path / "out"
    key.write_bytes((running.certificates / "client" / "key.pem").read_bytes())
    assert "can't be used (KEY_VALUES_MISMATCH)" in refusal(out, running.address, certificates)
    key.write_text("no key")
    assert "can't be used" in refusal(out, running.address, certificates)
    key.unlink()
    assert "key.pem in it: No such file" in refusal(out, running.address, certificates)
    os.mkfifo(key)
    assert "key.pem in it: is no plain file" in refusal(out, running.address, certificates)
    assert "ca.pem in it: No such file" in refusal(out, running.address, tmp_path / "none")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--scheduler", "tcp://10.0.0.1:8786"], "is open to all who reach it"),
        (["--scheduler", "10.0.0.1:8786"], "is open to all who reach it"),
        (["--scheduler", "tcp://0.0.0.0:8786"], "is open to all who reach it"),
        (["--scheduler", "tcp://[fe80::1]:8786"], "is open to all who reach it"),
        (["--scheduler", "tcp://localhost.evil.org:8786"], "is open to all who reach it"),
        (["--scheduler", "tcp://127.0.0.1.evil.org:8786"], "is open to all who reach it"),
        (["--scheduler", "ws://127.0.0.1:8786"], "is no address of a scheduler"),
        (["--scheduler", "tcp://me:secret@127.0.0.1:1"], "is no address of a scheduler"),
        (["--scheduler", "tls://10.0.0.1:8786"], "needs certificates"),
        (["--scheduler", "tcp://127.0.0.1:1", "--tls", "x"], "is not encrypted, but --tls"),
        (["--tls", "x"], "goes with --scheduler tls://HOST:PORT"),
        (["--scheduler", "tls://10.0.0.1:1", "--tls", ""], "--tls = '': is empty"),
    ],
)
def test_addresses_that_are_refused(
    arguments: list[str], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for command in (["run", "--out", str(tmp_path / "x")], ["labels", "run", "--out", "x"]):
        assert main.main([*command, *arguments]) == 2
        err = capsys.readouterr().err
        assert told in err
        assert err.count("\n") == 1
    assert not (tmp_path / "x").exists()
