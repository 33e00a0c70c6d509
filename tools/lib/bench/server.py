# The servers benchmarks load: nginx with one worker on the server's core, over HTTP and HTTPS, and a small
# listener that notes when the first byte of the first request arrives. Used by the cases.

import selectors
import shutil
import socket
import subprocess
import time
from pathlib import Path

from . import machine

BODY_BYTES = 600

CONFIGURATION = """
daemon off; master_process off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log warn;
worker_rlimit_nofile {files};
events {{ worker_connections {connections}; }}
http {{
    access_log off; keepalive_requests 1000000000; keepalive_timeout 600s;
    default_type text/plain; tcp_nodelay on;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{http} backlog=16384;
        listen 127.0.0.1:{https} ssl backlog=16384;
        ssl_certificate {folder}/certificate.pem; ssl_certificate_key {folder}/key.pem;
        ssl_protocols TLSv1.2 TLSv1.3; ssl_session_cache off; ssl_session_tickets off;
        location / {{ return 200 "{body}"; }}
    }}
}}
"""


class ServerError(Exception):
    pass


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Nginx:
    """One nginx process on one core, configured in a folder of its own; use it in a `with`."""

    def __init__(self, folder, core):
        self.folder, self.core = Path(folder), core
        self.http_port, self.https_port = free_port(), free_port()
        self.process = None

    def url(self, tls=False):
        return f"https://127.0.0.1:{self.https_port}/" if tls else f"http://127.0.0.1:{self.http_port}/"

    def cpu_s(self):
        return machine.process_cpu_s(self.process.pid)

    def __enter__(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        self._make_certificate()
        limits = {"files": 65536, "connections": 30000}
        text = CONFIGURATION.format(
            folder=self.folder, http=self.http_port, https=self.https_port, body="a" * BODY_BYTES, **limits
        )
        (self.folder / "nginx.conf").write_text(text)
        program = shutil.which("nginx") or "/usr/sbin/nginx"
        log = self.folder / "error.log"
        self.process = subprocess.Popen(
            [
                "taskset",
                "-c",
                str(self.core),
                program,
                "-p",
                str(self.folder),
                "-c",
                str(self.folder / "nginx.conf"),
                "-e",
                str(log),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 10
        while not accepts(self.http_port):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise ServerError(f"nginx did not start: {log.read_text() if log.exists() else 'no log'}")
            time.sleep(0.02)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=10)

    def _make_certificate(self):
        subprocess.run(
            [
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-nodes",
                "-keyout",
                str(self.folder / "key.pem"),
                "-out",
                str(self.folder / "certificate.pem"),
                "-days",
                "2",
                "-subj",
                "/CN=localhost",
                "-addext",
                "subjectAltName=IP:127.0.0.1,DNS:localhost",
            ],
            check=True,
            capture_output=True,
        )


def accepts(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class FirstByteServer:
    """Answers every request and notes when the first byte of the first one arrived (CLOCK_MONOTONIC, ns)."""

    RESPONSE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=4096)
        self.port = self.listener.getsockname()[1]
        self.first_byte_ns = None

    def serve_while(self, process, timeout_s):
        """Serves until `process` has ended."""
        selector = selectors.DefaultSelector()
        self.listener.setblocking(False)
        selector.register(self.listener, selectors.EVENT_READ)
        deadline = time.monotonic() + timeout_s
        while process.poll() is None and time.monotonic() < deadline:
            for key, _ in selector.select(0.05):
                if key.fileobj is self.listener:
                    self._accept(selector)
                else:
                    self._answer(selector, key.fileobj)
        for key in list(selector.get_map().values()):
            key.fileobj.close()
        selector.close()

    def _accept(self, selector):
        connection, _ = self.listener.accept()
        connection.setblocking(False)
        selector.register(connection, selectors.EVENT_READ)

    def _answer(self, selector, connection):
        try:
            data = connection.recv(65536)
        except ConnectionResetError:
            data = b""
        if data and self.first_byte_ns is None:
            self.first_byte_ns = time.monotonic_ns()
        if data:
            connection.send(self.RESPONSE * data.count(b"\r\n\r\n"))
        else:
            selector.unregister(connection)
            connection.close()


def raise_file_limit():
    """Raises the descriptor limit for everything started from here; root may raise the hard limit as well."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    for wanted in (65536, hard):
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, max(hard, wanted)))
            return wanted
        except (ValueError, PermissionError):
            continue
    return soft
