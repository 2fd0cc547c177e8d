"""The engines that tests may ask for; see README.md."""

import os
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session")
def sail() -> Iterator[str]:
    """The address of a Sail server in this process: a Spark Connect server without a JVM."""
    os.environ.setdefault("RUST_LOG", "error")  # read when pysail is imported
    from pysail.spark import SparkConnectServer

    server = SparkConnectServer(ip="127.0.0.1", port=0)
    server.start(background=True)
    address = server.listening_address
    assert address is not None
    yield f"sc://127.0.0.1:{address[1]}"
    server.stop()


@pytest.fixture(scope="session")
def spark() -> str:
    """The address of a real Spark, which `.ci/spark` starts and names in TROTH_SPARK."""
    address = os.environ.get("TROTH_SPARK", "")
    if not address:
        pytest.skip("TROTH_SPARK names no Spark Connect server; .ci/spark starts one")
    return address


@pytest.fixture(scope="session", params=["sail", pytest.param("spark", marks=pytest.mark.spark)])
def second_engine(request: pytest.FixtureRequest) -> str:
    """The address of each second engine in turn: Sail every day, real Spark in its own job."""
    address: str = request.getfixturevalue(request.param)
    return address
