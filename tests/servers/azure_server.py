"""A server that speaks Azure's form of OpenAI's protocol: deployments in the path, versions, the ``api-key`` header."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from tests.servers.asked import Asked, Kind
from tests.servers.behaviour import Fault
from tests.servers.cli import main
from tests.servers.openai_server import OpenAIServer, openai_error
from tests.servers.plumbing import LocalServer, RejectedError

FILTERED = "The response was filtered due to the prompt triggering Azure OpenAI's content management policy."


class AzureServer(OpenAIServer):
    """``/openai/v1/...``; with a version ``/openai/deployments/<name>/...`` and ``/openai/models``."""

    url_variable = "AZURE_OPENAI_ENDPOINT"
    deployments: frozenset[str] = frozenset()
    """The deployments; any name is one where this is empty."""

    @property
    def url(self) -> str:
        return LocalServer.url.fget(self)  # type: ignore[attr-defined]

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/openai/deployments/{name}/chat/completions", self.handler("text")),
            web.post("/openai/deployments/{name}/images/generations", self.handler("image")),
            web.get("/openai/models", self._models),
            web.post("/openai/v1/chat/completions", self.handler("text")),
            web.post("/openai/v1/responses", self.handler("text")),
            web.post("/openai/v1/images/generations", self.handler("image")),
            web.get("/openai/v1/models", self._models),
        ]

    def _check_key(self, request: web.Request) -> None:
        dated = not request.path.startswith("/openai/v1/")
        if dated is not ("api-version" in request.query):
            raise RejectedError(404, openai_error("Resource not found", "", "404"))
        bearer = request.headers.get("Authorization", "")
        if self.key and request.headers.get("api-key") != self.key and bearer != f"Bearer {self.key}":
            message = "Access denied due to invalid subscription key or wrong API endpoint."
            raise RejectedError(401, openai_error(message, "", "401"))

    async def read(self, request: web.Request, kind: Kind) -> Asked:
        asked = await super().read(request, kind)
        if self.deployments and asked.model not in self.deployments:
            raise RejectedError(404, openai_error("The API deployment does not exist.", "", "DeploymentNotFound"))
        if asked.model != request.match_info.get("name", asked.model):
            raise RejectedError(400, openai_error("The model is not the deployment's", "invalid_request_error"))
        return asked

    def error(self, fault: Fault) -> tuple[int, Any]:
        if fault.kind == "filter":
            body = openai_error(FILTERED, "", "content_filter", "prompt")
            body["error"] |= {"status": 400, "innererror": {"code": "ResponsibleAIPolicyViolation"}}
            return 400, body
        if fault.kind == "not_found":
            return 404, openai_error("The API deployment for this resource does not exist.", "", "DeploymentNotFound")
        return super().error(fault)


if __name__ == "__main__":
    main(AzureServer)
