"""An application behind a real socket of loopback, and a connection to it that is written byte by byte."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import uvicorn
from fastapi import FastAPI


class Wire:
    """A connection to a real server, written to byte by byte."""

    def __init__(self, port: int) -> None:
        self.port = port

    def send(self, *parts: bytes, wait: float = 0.0, reading: float = 10.0) -> bytes:
        """Sends the parts, and reads until the server closes the connection or says nothing more."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=reading) as connection:
            for part in parts:
                try:
                    connection.sendall(part)
                except (BrokenPipeError, ConnectionResetError):
                    break
                time.sleep(wait)
            return self._read(connection)

    @staticmethod
    def _read(connection: socket.socket) -> bytes:
        got = b""
        try:
            while part := connection.recv(65536):
                got += part
                head, found, body = got.partition(b"\r\n\r\n")
                lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
                if found and lengths and len(body) >= int(lengths[0].split(b":")[1]):
                    break
        except (TimeoutError, ConnectionResetError):
            pass
        return got


@contextmanager
def on_a_socket(app: FastAPI, *, whole: bool = False) -> Iterator[Wire]:
    """`whole`: an application that has to start first."""
    listening = socket.create_server(("127.0.0.1", 0))
    lifespan: Literal["on", "off"] = "on" if whole else "off"
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, lifespan=lifespan, http="h11"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.01)
    try:
        yield Wire(listening.getsockname()[1])
    finally:
        server.should_exit = True
        thread.join(10)
        listening.close()
