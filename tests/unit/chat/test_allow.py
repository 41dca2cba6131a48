"""Hosts that a chat in Python lets its bot reach for real."""

import socket
from threading import Thread

import pytest

from chatsim.chat import Chat
from chatsim.errors import SetupError
from chatsim.trace import Reply, Snapshot, Turn


@pytest.fixture
def clock_server():
    """Return the place of a server that says what time it is to everyone who comes."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            try:
                while True:
                    caller, _ = server.accept()
                    with caller:
                        caller.sendall(b"noon")
            except OSError:
                pass

        thread = Thread(target=serve, daemon=True)
        thread.start()
        yield f"localhost:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)
    thread.join(5)


class Clock:
    """Asks the server that it is told, over a socket."""

    def start(self):
        return Snapshot()

    def step(self, snapshot, event):
        host, _, port = event.text.rpartition(":")
        with socket.create_connection((host, int(port)), timeout=5) as connection:
            said = connection.recv(20).decode()
        return Turn(event=event, effects=(Reply(said),), snapshot=snapshot)


def test_a_host_is_reached(clock_server):
    chat = Chat(Clock())
    chat.allow(clock_server)
    chat.send(clock_server)
    chat.expect("noon")
    assert chat.calls == ()


def test_no_other_host_is(clock_server):
    chat = Chat(Clock())
    chat.allow("localhost:1", "db.test")
    with pytest.raises(Exception, match="no mock covers it"):
        chat.send(clock_server)


def test_what_is_no_host():
    with pytest.raises(SetupError, match=r"allow: 'http://localhost:80' is no host; write localhost:80"):
        Chat(Clock()).allow("http://localhost:80")


def test_without_a_world():
    with pytest.raises(SetupError, match="allow: everything is reached without a world"):
        Chat(Clock(), world=False).allow("localhost")
