# SPDX-License-Identifier: GPL-2.0-only
# accept: a TCP server that accepts and closes every connection to port 80 of an address.
import socket
import sys

server = socket.create_server((sys.argv[1], 80), backlog=1024)
print("ready", flush=True)
while True:
    server.accept()[0].close()
