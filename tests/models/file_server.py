"""A plain HTTP server of one file on this machine, with the faults that real lines have."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class FileServer:
    """Serves `content` at any path.

    Attributes:
        breaks_after: bytes after which the connection is closed in the middle, once or always.
        n_breaks: how many answers break off so.
        ranges: False answers a range with the whole file, as some caches do.
        asked: the Range header of every request, "" where it had none.
    """

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.breaks_after = 0
        self.n_breaks = 0
        self.ranges = True
        self.asked: list[str] = []
        self.url = ""

    @contextmanager
    def running(self) -> Iterator["FileServer"]:
        """Serve until the block ends."""
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                outer.answer(self)

            def log_request(self, *_: object) -> None:
                """Keep the tests' output clean."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        self.url = f"http://127.0.0.1:{server.server_address[1]}/model.bin"
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        """Send the file from where it is asked for."""
        asked = request.headers.get("Range", "")
        self.asked.append(asked)
        start = int(asked.removeprefix("bytes=").split("-")[0]) if asked and self.ranges else 0
        body = self.content[start:]
        request.send_response(206 if start else 200)
        request.send_header("Content-Length", str(len(body)))
        if start:
            last = len(self.content) - 1
            request.send_header("Content-Range", f"bytes {start}-{last}/{len(self.content)}")
        request.end_headers()
        if self.n_breaks:
            self.n_breaks -= 1
            body = body[: self.breaks_after]
            request.close_connection = True
        with suppress(ConnectionError):  # the reader has gone
            request.wfile.write(body)
