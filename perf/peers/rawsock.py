#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
# rawsock: SYNs per source, counted in Python from a raw socket, as a typical script does.
#
# Prints "ready", counts until a signal, and prints {"syns", "sources"}.
import signal
import socket
import sys

ETH_P_ALL = 3
TCP = 6
SYN, ACK = 0x02, 0x10


class Stop(Exception):
    pass


def stop(number, frame):
    raise Stop


def source_of_syn(frame):
    """The source address of an IPv4 SYN, or None."""
    if len(frame) < 48 or frame[12:14] != b"\x08\x00" or frame[23] != TCP:
        return None
    flags = frame[14 + (frame[14] & 15) * 4 + 13]
    return frame[26:30] if flags & (SYN | ACK) == SYN else None


def main():
    listener = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    listener.bind((sys.argv[1], 0))
    counts = {}
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    print("ready", flush=True)
    try:
        while True:
            source = source_of_syn(listener.recv(2048))
            if source is not None:
                counts[source] = counts.get(source, 0) + 1
    except Stop:
        pass
    print('{"syns": %d, "sources": %d}' % (sum(counts.values()), len(counts)))


main()
