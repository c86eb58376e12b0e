#!/usr/bin/env python3
"""Reading from real servers, with faults between.

Starts moto (S3), Azurite (Azure) and two plain HTTP servers, fills them, and runs the program of this package against them.
Requests to moto go through a proxy whose faults go by the names of objects (`FAULTS`), so that nothing has to be switched.

    pip install 'moto[server]' boto3 azure-storage-blob
    npm install azurite              # in the folder that AZURITE names; without it, Azure is left out
    AZURITE=/path/to/folder python3 tests/servers/run.py
"""
import http.client
import http.server
import os
import re
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

import boto3

HERE = Path(__file__).parent
LATENCY = 0.05
ROWS = "".join(f'{{"t":"story {i}","l":{i}}}\n' for i in range(10)).encode()
LARGE = b"".join(b'{"t":"%07d %s","l":1}\n' % (i, b"x" * 1000) for i in range(12_000))

# By the beginning of an object's name: what happens to GETs of it. `first`: to the first one that asks for a
# range with such an end.
FAULTS = {
    "slow": ("wait", None),
    "busy": ("first", "503"),
    "throttled": ("first", "429"),
    "cut": ("first", "cut"),
    "reset": ("first", "reset"),
    "always-cut": ("always", "cut"),
    "gone": ("always", "404"),
    "changed": ("always", "tag"),
    "weak": ("always", "weak"),
}


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def reset(self):
        """Closes the connection without a goodbye."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()

    def answer(self, status, headers, body, sent=None):
        self.send_response_only(status)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body[:sent])
            self.wfile.flush()
        if sent is not None:
            self.reset()


def proxy(moto_port, requests):
    """Passes requests on to moto, and does to the answers what their names ask for."""
    seen, lock = Counter(), threading.Lock()

    class Proxy(Handler):
        def do_GET(self):
            time.sleep(LATENCY)
            connection = http.client.HTTPConnection("127.0.0.1", moto_port)
            headers = {name: value for name, value in self.headers.items() if name.lower() != "host"}
            connection.request(self.command, self.path, headers=headers)
            found = connection.getresponse()
            body = found.read()
            hop = ("connection", "transfer-encoding", "content-length", "date", "server")
            headers = [(name, value) for name, value in found.getheaders() if name.lower() not in hop]
            length = found.getheader("content-length") if self.command == "HEAD" else len(body)
            headers.append(("Content-Length", length))
            name = self.path.split("?")[0].rsplit("/", 1)[1]
            fault = next((FAULTS[key] for key in FAULTS if name.startswith(key)), (None, None))
            with lock:
                requests[self.command] += 1
                # The rest of an answer that was cut ends where that should have.
                range_end = (self.headers.get("Range") or "").rpartition("-")[2]
                key = (self.path, range_end or str(len(body) - 1))
                seen[key] += 1
                is_first = seen[key] == 1
            when, what = fault
            if when == "wait":
                time.sleep(1)
            if self.command == "HEAD" or when == "first" and not is_first:
                what = None
            empty = [("Content-Length", 0)]
            if what in ("503", "429", "404"):
                return self.answer(int(what), empty, b"")
            if what == "reset":
                return self.reset()
            if what in ("tag", "weak"):
                tag = next(value for name, value in headers if name.lower() == "etag")
                headers = [(name, value) for name, value in headers if name.lower() != "etag"]
                headers.append(("ETag", 'W/' + tag if what == "weak" else '"another"'))
            self.answer(found.status, headers, body, len(body) // 2 if what == "cut" else None)

        do_HEAD = do_GET

    return serve(Proxy)


def plain(files, has_ranges):
    """Serves files by their names, with or without ranges; no lists, no tags."""

    class Plain(Handler):
        def do_GET(self):
            body = files.get(self.path.lstrip("/"))
            if body is None:
                return self.answer(404, [("Content-Length", 0)], b"")
            headers = [("Last-Modified", "Wed, 01 Jan 2025 00:00:00 GMT")]
            wanted = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", "")) if has_ranges else None
            status = 200
            if wanted:
                start, end = int(wanted[1]), min(int(wanted[2]) + 1, len(body))
                headers.append(("Content-Range", f"bytes {start}-{end - 1}/{len(body)}"))
                body, status = body[start:end], 206
            self.answer(status, [*headers, ("Content-Length", len(body))], body)

        do_HEAD = do_GET

    return serve(Plain)


def serve(handler):
    class Server(http.server.ThreadingHTTPServer):
        request_queue_size = 128

        def handle_error(self, *_):  # Clients close connections.
            pass

    server = Server(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


def wait_for(port):
    for _ in range(600):
        with socket.socket() as s:
            if s.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    sys.exit(f"nothing answers on port {port}")


def fill_s3(port):
    s3 = boto3.client("s3", endpoint_url=f"http://127.0.0.1:{port}", region_name="us-east-1",
                      aws_access_key_id="x", aws_secret_access_key="x")
    s3.create_bucket(Bucket="data")
    put = lambda key, body: s3.put_object(Bucket="data", Key=key, Body=body)
    put("many/", b"")
    put("many/empty/", b"")
    put("many/_SUCCESS", b"")
    put("many/.hidden.jsonl", ROWS)
    put("many/caf\u00e9 %20+1.jsonl", ROWS)
    for i in range(999):
        put(f"many/{i:03}.jsonl", ROWS)
    for i in range(200):
        put(f"csv/{i:03}.csv", b"t,l\n" + b"".join(b"story %d,%d\n" % (j, j) for j in range(10)))
    for name in FAULTS:
        put(f"{name}/{name}.jsonl", ROWS)
    for name in ("large", "cut-large", "busy-large"):
        put(f"{name}.jsonl", LARGE)
    for label in ("spam", "ham"):
        put(f"hive/l={label}/part-0.jsonl", ROWS)
    put("hive/_temporary/0/l=spam/part-1.jsonl", ROWS)


def fill_azure(port):
    from azure.storage.blob import BlobServiceClient
    key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
    account = f"http://127.0.0.1:{port}/devstoreaccount1"
    client = BlobServiceClient(account, {"account_name": "devstoreaccount1", "account_key": key})
    container = client.create_container("data")
    for i in range(100):
        container.upload_blob(f"many/{i:02}.jsonl", ROWS)
    container.upload_blob("large.jsonl", LARGE)


def main():
    started = []
    with tempfile.TemporaryDirectory() as folder:
        try:
            env = dict(os.environ)
            moto = free_port()
            started.append(subprocess.Popen([sys.executable, "-m", "moto.server", "-p", str(moto)],
                                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
            if azurite := os.environ.get("AZURITE"):
                azure = free_port()
                command = [f"{azurite}/node_modules/.bin/azurite-blob", "--blobPort", str(azure), "--silent",
                           "--location", folder, "--skipApiVersionCheck", "--disableTelemetry"]
                started.append(subprocess.Popen(command, stdout=subprocess.DEVNULL))
                wait_for(azure)
                fill_azure(azure)
                env["AZURITE_BLOB_STORAGE_URL"] = f"http://127.0.0.1:{azure}"
            wait_for(moto)
            fill_s3(moto)
            requests = Counter()
            files = {"rows.jsonl": ROWS, "large.jsonl": LARGE, "medium.jsonl": LARGE[:len(LARGE) // 6], "a b.jsonl".replace(" ", "%20"): ROWS}
            env["S3"] = f"http://127.0.0.1:{proxy(moto, requests)}"
            env["HTTP_RANGES"] = f"http://127.0.0.1:{plain(files, True)}"
            env["HTTP_WHOLE"] = f"http://127.0.0.1:{plain(files, False)}"
            program = ["cargo", "run", "-q", "--manifest-path", str(HERE / "Cargo.toml")]
            status = subprocess.run(os.environ.get("PROGRAM", "").split() or program, env=env).returncode
            print("requests to S3:", dict(requests))
            sys.exit(status)
        finally:
            for server in started:
                server.kill()


if __name__ == "__main__":
    main()
