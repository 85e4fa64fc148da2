from tests.server.conftest import made_run, run  # noqa: F401
