"""brine in the middle: pickles go through "brine pickle recode --frames". Python 2.7 and 3.

The command stands in BRINE_RECODE. One process answers all requests, in order.
"""
import os
import shlex
import struct
import subprocess


class Refused(Exception):
    """brine says what is wrong with a pickle."""


class Recoder(object):
    def __init__(self):
        command = shlex.split(os.environ["BRINE_RECODE"])
        self.peer = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def recode(self, data, protocol):
        """The pickle's value, for that protocol."""
        return self.ask(protocol, bytes(data))

    def beside(self, data, buffers, protocol=5):
        """The same with out-of-band buffers, each a pair (read-only, bytes)."""
        parts = [struct.pack("!I", len(data)), data, struct.pack("!I", len(buffers))]
        for readonly, b in buffers:
            parts += [struct.pack("!?I", readonly, len(b)), bytes(b)]
        answer = self.ask(protocol | 0x80, b"".join(parts))
        data, at = sized(answer, 0)
        (count,) = struct.unpack_from("!I", answer, at)
        at, buffers = at + 4, []
        for _ in range(count):
            (readonly,) = struct.unpack_from("!?", answer, at)
            b, at = sized(answer, at + 1)
            buffers.append((readonly, b))
        if at != len(answer):
            raise EOFError("%d bytes after the buffers" % (len(answer) - at))
        return data, buffers

    def ask(self, protocol, payload):
        self.peer.stdin.write(struct.pack("!IB", 1 + len(payload), protocol) + payload)
        self.peer.stdin.flush()
        (n,) = struct.unpack("!I", self.read(4))
        answer = self.read(n)
        if answer[:1] != b"\0":
            raise Refused(answer[1:].decode("utf-8"))
        return answer[1:]

    def read(self, n):
        b = self.peer.stdout.read(n)
        if len(b) < n:
            raise EOFError("brine ended")
        return b

    def close(self):
        self.peer.stdin.close()
        if self.peer.wait() != 0:
            raise EOFError("brine ended with status %d" % self.peer.returncode)


def sized(b, at):
    (n,) = struct.unpack_from("!I", b, at)
    at += 4
    if at + n > len(b):
        raise EOFError("a length beyond the end")
    return b[at : at + n], at + n
