"""Opening a cluster of Dask: on this machine, or one that runs already."""

import gc
import logging
import os
import signal
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from importlib.util import find_spec
from multiprocessing import resource_tracker

import dask
from distributed import Client, LocalCluster, Security
from distributed.versions import VersionMismatchWarning

from maiscreen.candidates.errors import InputError
from maiscreen.runners.cluster import connections, same_code
from maiscreen.runners.cluster.guard import ONE_THREAD
from maiscreen.runners.cluster.same_code import Answer, local_versions
from maiscreen.runners.cluster.watch import lost_scheduler_as_error
from maiscreen.runners.interrupts import held

PATIENCE_S = 5
"""How long a scheduler and its first worker are waited for."""

_SETTINGS = {
    # One task on a worker at a time, none in its queue: whoever kills the worker is that task.
    "distributed.scheduler.worker-saturation": 1.0,
    "distributed.scheduler.allowed-failures": 0,
    "distributed.worker.memory.spill": False,
    # A worker above 95 % of its memory is ended, and its task repeated; one that only paused
    # would wait for ever with what it cannot give back.
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.pause": False,
    # On a busy machine a worker takes a while to come back.
    "distributed.deploy.lost-worker-timeout": "30s",
    "distributed.admin.log-format": "%(message)s",
    "distributed.comm.timeouts.connect": f"{PATIENCE_S}s",
}


_LOOPBACK = {"distributed.comm.require-encryption": False}


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
        stack.enter_context(_silence_logs())
        stack.enter_context(dask.config.set(_SETTINGS))
        # The user's own settings for clusters elsewhere, such as TLS, mean nothing on loopback.
        stack.enter_context(dask.config.set(_LOOPBACK))
        stack.enter_context(_hidden_main())
        # Workers, now or started anew, do not start a thread for each processor. Dask says so too,
        # but what is set in this process's environment would win.
        stack.enter_context(_environment(ONE_THREAD))
        with held(), _deaf_processes():
            cluster = LocalCluster(  # type: ignore[no-untyped-call]
                n_workers=workers,
                threads_per_worker=1,
                processes=True,
                # Also without a dashboard an HTTP server is left: on any free port, on loopback.
                dashboard_address="127.0.0.1:0",
                worker_dashboard_address="127.0.0.1:0",
                scheduler_kwargs={"dashboard": dashboard},
                protocol="tcp://",
                host="127.0.0.1",
                silence_logs=logging.CRITICAL,
            )
            stack.enter_context(cluster)
            client = stack.enter_context(Client(cluster))  # type: ignore[no-untyped-call]
        yield client


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
        stack.enter_context(_silence_logs())
        stack.enter_context(dask.config.set(_SETTINGS))
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
def _silence_logs() -> Iterator[None]:
    """Keep distributed's log off the screen: what matters comes back as an outcome."""
    names = [name for name in logging.root.manager.loggerDict if name.startswith("distributed")]
    # distributed gives some of its loggers a level of their own.
    levels = {name: logging.getLogger(name).level for name in names}
    for name in names:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)


@contextmanager
def _deaf_processes() -> Iterator[None]:
    """Let worker processes ignore Ctrl-C, which a terminal sends to all: they end with us.

    The event loop's thread, started within, inherits the mask, and so does every worker that it
    starts, now or later.
    """
    # Starting the tracker later would unblock the signal for the first worker. It cleans up after a
    # process that was ended by force, and need not say so.
    with _environment({"PYTHONWARNINGS": "ignore"}):
        resource_tracker.ensure_running()
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


@contextmanager
def _environment(settings: Mapping[str, str]) -> Iterator[None]:
    """Set variables for processes that are started within; Dask leaves settings there as well."""
    before = dict(os.environ)
    os.environ.update(settings)
    try:
        yield
    finally:
        for name in os.environ.keys() - before.keys():
            del os.environ[name]
        os.environ.update(before)


@contextmanager
def _hidden_main() -> Iterator[None]:
    """Keep worker processes from importing the script that started them.

    A spawned process imports the main module first; a script without
    ``if __name__ == "__main__"`` would start a run in every worker. The workers need nothing of
    it, so it is hidden while they live (they may be started anew at any time).
    """
    main = sys.modules["__main__"]
    hidden = {name: main.__dict__.pop(name, None) for name in ("__file__", "__spec__")}
    main.__dict__["__spec__"] = None
    try:
        yield
    finally:
        main.__dict__.update({k: v for k, v in hidden.items() if v is not None or k == "__spec__"})
