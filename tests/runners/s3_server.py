"""A server of S3 on loopback, for tests: real requests over real sockets."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager

import boto3
from moto import settings
from moto.server import ThreadedMotoServer
from s3fs import S3FileSystem

KEY, SECRET = "key-of-tests", "secret-of-tests"


@contextmanager
def served(bucket: str) -> Iterator[str]:
    """Serve a bucket, and name it in the environment; give the address of the server."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    before = dict(os.environ)
    os.environ.update(
        AWS_ENDPOINT_URL=url,
        AWS_ACCESS_KEY_ID=KEY,
        AWS_SECRET_ACCESS_KEY=SECRET,
        AWS_DEFAULT_REGION="us-east-1",
        AWS_EC2_METADATA_DISABLED="true",
    )
    try:
        client().create_bucket(Bucket=bucket)
        with reached_anew():
            yield url
    finally:
        os.environ.clear()
        os.environ.update(before)
        server.stop()


def client() -> "boto3.client":
    """Give a client that is none of ours."""
    return boto3.client("s3", endpoint_url=os.environ["AWS_ENDPOINT_URL"])


@contextmanager
def reached_anew() -> Iterator[None]:
    """Let what is asked within read the environment again, and nobody else what it read."""
    S3FileSystem.clear_instance_cache()
    try:
        yield
    finally:
        S3FileSystem.clear_instance_cache()


@contextmanager
def asking_for_credentials() -> Iterator[None]:
    """Let the server, which is a thread of this process, check credentials."""
    before = settings.INITIAL_NO_AUTH_ACTION_COUNT
    settings.INITIAL_NO_AUTH_ACTION_COUNT = 0
    try:
        yield
    finally:
        settings.INITIAL_NO_AUTH_ACTION_COUNT = before
