"""A server on 127.0.0.1 whose address holds a token."""

from __future__ import annotations

import socket
from typing import Any

from mmdt.errors import UsageError
from mmdt.server.guard import HOST, App, Guard, new_token


class LocalServer:
    """Serves an application, behind its guard. ``port`` 0 takes a free one; ``url`` holds the token.

    Raises UsageError where the port cannot be used.
    """

    def __init__(self, app: App, port: int = 0) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._socket.bind((HOST, port))
        except OSError as error:
            self._socket.close()
            raise UsageError(
                f"port {port} cannot be used: {error.strerror}", hint="choose another, or leave it to mmdt"
            ) from error
        self._socket.listen(64)  # a browser that is quicker than the server waits
        self.port: int = self._socket.getsockname()[1]
        token = new_token()
        self.url = f"http://{HOST}:{self.port}/{token}/"
        self._guard = Guard(app, token, self.port)
        self._server: Any = None

    def serve(self) -> None:
        """Serve until it is stopped or interrupted."""
        import uvicorn

        config = uvicorn.Config(
            self._guard, log_config=None, access_log=False, lifespan="off", server_header=False, date_header=False
        )
        self._server = uvicorn.Server(config)
        self._server.run(sockets=[self._socket])

    def stop(self) -> None:
        """End ``serve``, from another thread."""
        if self._server is not None:
            self._server.should_exit = True
