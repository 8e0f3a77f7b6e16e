"""The real wire: HTTP/1.1 through httpx2. No redirects, no proxies from the environment, answers of bounded size."""

import asyncio
from types import TracebackType
from typing import Self

import httpx2

from comity.errors import TOO_LARGE, UNREACHABLE, RemoteError, TransportError
from comity.exchange import deliver
from comity.node.ports import Request, Response

# The largest answer that there is.
MAX_RESPONSE = deliver.MAX_PAGE


class HttpWire:
    """The `Wire` port; close it when done."""

    def __init__(self) -> None:
        limits = httpx2.Limits(max_connections=64, max_keepalive_connections=32)
        self._client = httpx2.AsyncClient(trust_env=False, follow_redirects=False, limits=limits)

    async def send(self, request: Request, *, timeout: float) -> Response:
        """Send a request.

        Raises:
            TransportError: `unreachable`.
            RemoteError: `too-large`: the answer is.
        """
        try:
            # In all: an answer that comes byte by byte never lets the client's own timeout, which is for each read, pass.
            async with asyncio.timeout(timeout):
                return await self._send(request, timeout)
        except RemoteError:
            raise
        except Exception as error:
            # Whatever an address makes of the libraries below, it was not reached. Their text may hold the URL, never
            # the body: name the kind of failure and where it was aimed.
            host = request.url.split("/comity/")[0].removesuffix("/add-checkpoint")
            raise TransportError(UNREACHABLE, f"{host} cannot be reached ({type(error).__name__})") from None

    async def _send(self, request: Request, timeout: float) -> Response:
        async with self._client.stream(
            request.method, request.url, headers=dict(request.headers), content=request.body, timeout=timeout
        ) as response:
            body, most = bytearray(), MAX_RESPONSE if request.most is None else request.most
            async for chunk in response.aiter_raw():
                body += chunk
                if len(body) > most:
                    raise RemoteError(TOO_LARGE, f"an answer of more than {most} bytes")
            headers = {name.lower(): value for name, value in response.headers.items()}
            return Response(response.status_code, headers, bytes(body))

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()
