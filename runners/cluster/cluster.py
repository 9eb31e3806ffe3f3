"""Opening a cluster of Dask: on this machine, or one that runs already."""

import gc
import logging
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

import dask
from distributed import Client, LocalCluster, Security
from distributed.diskutils import WorkSpace
from distributed.versions import VersionMismatchWarning

from maiscreen.candidates.errors import InputError
from maiscreen.runners.cluster import connections, same_code
from maiscreen.runners.cluster.nanny import SteadyNanny, start_error
from maiscreen.runners.cluster.process_settings import (
    LOCAL_WORKERS,
    PATIENCE_S,
    QUIET_DASK,
    deaf_processes,
)
from maiscreen.runners.cluster.same_code import Answer, local_versions
from maiscreen.runners.cluster.watch import lost_scheduler_as_error
from maiscreen.runners.interrupts import held


@contextmanager
def local_client(workers: int, dashboard: bool = False) -> Iterator[Client]:
    """Start worker processes on this machine and end them afterwards.

    Parameters
    ----------
    workers : int
        How many.
    dashboard : bool
        Dask's dashboard as well, on any free port of this machine.

    Raises
    ------
    InputError
        If the dashboard is wanted, and what shows it is not installed.
    """
    if dashboard and find_spec("bokeh") is None:
        raise InputError("--dashboard", True, 'needs bokeh; pip install "maiscreen[cluster]"')
    with ExitStack() as stack:
        stack.enter_context(QUIET_DASK.use())
        stack.enter_context(LOCAL_WORKERS.use())
        scratch = stack.enter_context(_scratch())
        with held(), deaf_processes():
            cluster = stack.enter_context(_local_cluster(workers, dashboard, scratch))
            client = stack.enter_context(Client(cluster))  # type: ignore[no-untyped-call]
        yield client


def _local_cluster(workers: int, dashboard: bool, scratch: str) -> LocalCluster:
    try:
        return LocalCluster(  # type: ignore[no-untyped-call]
            n_workers=workers,
            threads_per_worker=1,
            worker_class=SteadyNanny,
            # Also without a dashboard an HTTP server is left: on any free port, on loopback.
            dashboard_address="127.0.0.1:0",
            worker_dashboard_address="127.0.0.1:0",
            scheduler_kwargs={"dashboard": dashboard},
            protocol="tcp://",
            host="127.0.0.1",
            local_directory=scratch,
            silence_logs=logging.CRITICAL,
        )
    except RuntimeError as error:
        raise start_error(error) from error


@contextmanager
def connected_client(
    address: str,
    expected: Answer | str,
    ask: Callable[[], Answer],
    *,
    tls: str | None = None,
    data: Mapping[str, Mapping[str, bytes]] | None = None,
) -> Iterator[Client]:
    """Connect to a scheduler that runs already.

    Parameters
    ----------
    address : str
        Such as ``tls://10.0.0.1:8786``.
    expected : Mapping or str
        What the workers must answer; a text is the hash of the code.
    ask : callable
        What they are asked.
    tls : str, optional
        Folder of certificates.
    data : Mapping, optional
        Folders that the workers may lack, see `pack_folders`.

    Raises
    ------
    InputError
        If it cannot be reached, has no workers, or its workers have other code; and what ``ask``
        raises there.
    """
    answer = {"code": expected} if isinstance(expected, str) else expected
    with ExitStack() as stack:
        stack.enter_context(QUIET_DASK.use())
        client = stack.enter_context(_client(address, tls))
        with lost_scheduler_as_error():
            _await_worker(client, address, tls)
        stack.enter_context(prepared_workers(client, ("--scheduler", address), answer, ask, data))
        yield client


@contextmanager
def prepared_workers(
    client: Client,
    where: tuple[str, str],
    expected: Answer,
    ask: Callable[[], Answer],
    data: Mapping[str, Mapping[str, bytes]] | None = None,
) -> Iterator[None]:
    """Verify the workers' versions, and send them the campaign's own data.

    Parameters
    ----------
    client : distributed.Client
        Connected.
    where : tuple of str
        What the user gave, and its value, for errors.
    expected, ask, data
        As for :func:`connected_client`.

    Raises
    ------
    InputError
        As for :func:`connected_client`.
    """
    with ExitStack() as stack:
        with lost_scheduler_as_error():
            same_code.check_versions(client, where, expected)
            if data:
                same_code.check_answers(client, where, expected, local_versions)
                stack.enter_context(_data_on_workers(client, where, data))
            same_code.check_answers(client, where, expected, ask)
        yield


def _client(address: str, tls: str | None) -> Client:
    files = None if tls is None else connections.certificates(tls)
    security = None
    if files is not None:
        security = Security(  # type: ignore[no-untyped-call]
            require_encryption=True,
            tls_ca_file=files.authority,
            tls_client_cert=files.certificate,
            tls_client_key=files.key,
        )
    with suppress(OSError, ValueError, TypeError), warnings.catch_warnings():
        # In lines of its own, about packages that may not matter; we compare those that do.
        warnings.simplefilter("ignore", VersionMismatchWarning)
        return Client(address, timeout=PATIENCE_S, security=security)  # type: ignore[no-untyped-call]
    # What is left of the client closes itself when it is collected. That must not happen in the
    # event loop of a later one, which would wait for the lock under which it is being started.
    gc.collect()
    raise InputError(
        "--scheduler", address, connections.connection_fault(address, files, PATIENCE_S)
    )


def _await_worker(client: Client, address: str, tls: str | None) -> None:
    try:
        client.wait_for_workers(1, timeout=PATIENCE_S)
    except TimeoutError:
        how = "DASK_CONFIG=…/worker/dask.yaml " if tls else ""
        remedy = f"has no workers; start one with: {how}dask worker {address}"
        raise InputError("--scheduler", address, remedy) from None


@contextmanager
def _data_on_workers(
    client: Client, where: tuple[str, str], data: Mapping[str, Mapping[str, bytes]]
) -> Iterator[None]:
    """Supply all workers, and those that join later, with the campaign's own data while it runs."""
    from maiscreen.runners.cluster.shipped_data import ShipData

    plugin = ShipData(data)
    try:
        client.register_plugin(plugin)
    except OSError as error:
        remedy = f"has a worker that cannot take the campaign's own data: {error}"
        raise InputError(*where, remedy) from error
    try:
        yield
    finally:
        # A scheduler that has gone took it along.
        with suppress(OSError, RuntimeError):
            client.unregister_worker_plugin(plugin.name)  # type: ignore[no-untyped-call]


@contextmanager
def _scratch() -> Iterator[str]:
    """Make the folder of a run's workers; those of runs that were killed are removed.

    Dask's own work space tells them by their locks, which no process outlives.
    """
    root = Path(dask.config.get("temporary-directory") or tempfile.gettempdir())
    space = WorkSpace(str(root / "dask-scratch-space"))
    folder = space.new_work_dir(prefix="maiscreen-")  # type: ignore[no-untyped-call]
    try:
        yield folder.dir_path
    finally:
        folder.release()
