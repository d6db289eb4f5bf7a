"""A way to a server that can be cut."""

import socket
import threading


class Switch:
    """A way to a port of this machine; when it is off, connections that were there break."""

    def __init__(self, port):
        self.target = port
        self.listener = None
        with socket.socket() as any_free:
            any_free.bind(("127.0.0.1", 0))
            self.port = any_free.getsockname()[1]
        self.connections = set()

    def on(self):
        self.listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self.accept, args=[self.listener], daemon=True).start()

    def off(self):
        # A listener that somebody waits for is closed only when it is shut down.
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for one in list(self.connections):
            self.end(one)

    def end(self, one):
        self.connections.discard(one)
        try:
            one.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        one.close()

    def accept(self, listener):
        while True:
            try:
                near, _ = listener.accept()
                far = socket.create_connection(("127.0.0.1", self.target))
            except OSError:
                return
            self.connections |= {near, far}
            for ends in ((near, far), (far, near)):
                threading.Thread(target=self.copy, args=ends, daemon=True).start()

    def copy(self, source, target):
        try:
            while piece := source.recv(65536):
                target.sendall(piece)
        except OSError:
            pass
        self.end(source)
        self.end(target)
