#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""tcp: a server, and clients that connect from many addresses, over the kernel's own TCP.

Usage: tcp.py serve PORT
       tcp.py connect HOST PORT --sources A,B,... [--get BYTES] [--put BYTES] [--mptcp] [--fastopen]
       tcp.py hold HOST PORT SOURCE

serve prints a line when it listens. connect prints JSON: of how many connections how many completed,
and the milliseconds that each took; the first of them exchanges that many bytes, the others a few. With
--fastopen, the first request is in the SYN. hold prints a line when it is connected; for each line on its
standard input it then asks again, and prints what the server said.
"""
import argparse
import json
import socket
import socketserver
import sys
import time

CHUNK = bytes(range(256)) * 256
FEW = 1000
IPPROTO_MPTCP = 262
TCP_FASTOPEN_CONNECT = 30


class Server(socketserver.ThreadingTCPServer):
    address_family = socket.AF_INET6
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 256


class Handler(socketserver.StreamRequestHandler):
    """GET N: N bytes; PUT N and N bytes: "ok"; both may be repeated."""

    def handle(self):
        for line in self.rfile:
            verb, count = line.split()
            if verb == b"GET":
                self.wfile.write(CHUNK[: int(count) % len(CHUNK)])
                for _ in range(int(count) // len(CHUNK)):
                    self.wfile.write(CHUNK)
            else:
                whole = self.rfile.read(int(count))
                self.wfile.write(b"ok\n" if whole == payload(int(count)) else b"damaged\n")


def payload(count):
    return CHUNK[: count % len(CHUNK)] + CHUNK * (count // len(CHUNK))


def dial(host, port, source, mptcp=False, fastopen=False, timeout=5):
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM, IPPROTO_MPTCP if mptcp else 0)
    sock.settimeout(timeout)
    sock.bind((source, 0))
    if fastopen:
        sock.setsockopt(socket.IPPROTO_TCP, TCP_FASTOPEN_CONNECT, 1)
    sock.connect((host, port))
    return sock


def exchange(sock, get, put):
    with sock, sock.makefile("rwb") as stream:
        stream.write(b"GET %d\n" % get)
        stream.flush()
        whole = stream.read(get) == payload(get)
        if put:
            stream.write(b"PUT %d\n" % put + payload(put))
            stream.flush()
            whole = whole and stream.readline() == b"ok\n"
        return whole


def connect(args):
    times_ms, completed = [], 0
    sources = args.sources.split(",")
    for number, source in enumerate(sources):
        get, put = (args.get, args.put) if number == 0 else (FEW, min(args.put, FEW))
        start = time.monotonic()
        try:
            sock = dial(args.host, args.port, source, args.mptcp, args.fastopen)
            times_ms.append(round(1e3 * (time.monotonic() - start), 2))
            sock.settimeout(60)
            completed += exchange(sock, get, put)
        except OSError as error:
            print(f"{source}: {error}", file=sys.stderr)
    print(json.dumps({"completed": completed, "of": len(sources), "ms": sorted(times_ms)}))


def hold(args):
    with dial(args.host, args.port, args.source) as sock, sock.makefile("rwb") as stream:
        print("connected", flush=True)
        for _ in sys.stdin:
            stream.write(b"PUT 3\n" + payload(3))
            stream.flush()
            print(stream.readline().decode().strip(), flush=True)


def serve(args):
    with Server(("::", args.port), Handler) as server:
        print("listening", flush=True)
        server.serve_forever()


def main():
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("serve")
    command.set_defaults(run=serve)
    command.add_argument("port", type=int)
    for name, run in (("connect", connect), ("hold", hold)):
        command = commands.add_parser(name)
        command.set_defaults(run=run)
        command.add_argument("host")
        command.add_argument("port", type=int)
        if run is hold:
            command.add_argument("source")
            continue
        command.add_argument("--sources", required=True)
        command.add_argument("--get", type=int, default=FEW)
        command.add_argument("--put", type=int, default=0)
        command.add_argument("--mptcp", action="store_true")
        command.add_argument("--fastopen", action="store_true")
    args = parser.parse_args()
    args.run(args)


if __name__ == "__main__":
    main()
