"""A server of S3 on loopback, for tests: real requests over real sockets."""

import logging
import os
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import boto3
from moto.server import ThreadedMotoServer

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
        yield url
    finally:
        os.environ.clear()
        os.environ.update(before)
        server.stop()


def client() -> "boto3.client":
    """Give a client that is none of ours."""
    return boto3.client("s3", endpoint_url=os.environ["AWS_ENDPOINT_URL"])


def ask_for_credentials(url: str, yes: bool) -> None:
    """Let the server check credentials, or take any."""
    count = b"0" if yes else b"inf"
    # Of a form, as urllib takes any data for, the server would see nothing.
    asked = urllib.request.Request(
        f"{url}/moto-api/reset-auth", data=count, headers={"Content-Type": "text/plain"}
    )
    urllib.request.urlopen(asked).close()
