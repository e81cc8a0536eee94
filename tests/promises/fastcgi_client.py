"""FastCGI from the web server's side, as clean or as broken as one likes.

As a module: record(), pairs(), environment(), Client.

    with Client(path) as c:
        answer = c.ask(environment("POST", "/api/zoho/webhooks/Leads",
                                   body, X_API_Key=key), body)
        answer.status, answer.body

As a program: fastcgi_client.py SOCKET KEY COMMAND [N], where COMMAND is a
function below named do_COMMAND; each prints what came of it.
"""

import contextlib
import os
import random
import re
import resource
import socket
import struct
import sys
import time
from dataclasses import dataclass, field

BEGIN, ABORT, END, PARAMS, STDIN, STDOUT, STDERR, DATA = range(1, 9)
GET_VALUES, GET_VALUES_RESULT, UNKNOWN_TYPE = 9, 10, 11
RESPONDER, AUTHORIZER, FILTER = 1, 2, 3
KEEP = 1
COMPLETE, CANT_MULTIPLEX, OVERLOADED, UNKNOWN_ROLE = range(4)
MOST = 65535  # bytes of content in one record

Pairs = list[tuple[bytes, bytes]]


def record(kind: int, request: int = 1, content: bytes = b"", padding: int = 0,
           version: int = 1) -> bytes:
    return struct.pack(">BBHHBx", version, kind, request, len(content),
                       padding) + content + b"\0" * padding


def length(n: int) -> bytes:
    return bytes([n]) if n < 128 else struct.pack(">I", n | 0x80000000)


def pairs(them: Pairs) -> bytes:
    return b"".join(length(len(k)) + length(len(v)) + k + v for k, v in them)


def begin(request: int = 1, role: int = RESPONDER, flags: int = 0) -> bytes:
    return record(BEGIN, request, struct.pack(">HB5x", role, flags))


def stream(kind: int, content: bytes, request: int = 1, most: int = MOST) -> bytes:
    """The content in records of at most "most" bytes, and the empty one."""
    parts = [content[i:i + most] for i in range(0, len(content), most)]
    return b"".join(record(kind, request, p) for p in [*parts, b""])


def environment(method: str, path: str, body: bytes = b"", **headers: str) -> Pairs:
    """What a web server hands over; X_API_Key="..." becomes HTTP_X_API_KEY."""
    path, _, query = path.partition("?")
    plain = {"GATEWAY_INTERFACE": "CGI/1.1", "SERVER_PROTOCOL": "HTTP/1.1",
             "REQUEST_METHOD": method, "SCRIPT_NAME": path, "PATH_INFO": "",
             "QUERY_STRING": query, "REMOTE_ADDR": "192.0.2.1",
             "CONTENT_TYPE": "application/json", "CONTENT_LENGTH": str(len(body))}
    plain.update(("HTTP_" + k.upper(), v) for k, v in headers.items())
    return [(k.encode(), v.encode()) for k, v in plain.items()]


def whole(env: Pairs, body: bytes, request: int = 1, flags: int = 0) -> bytes:
    """A good request."""
    return (begin(request, flags=flags) + stream(PARAMS, pairs(env), request) +
            stream(STDIN, body, request))


@dataclass
class Answer:
    status: int = 0  # of HTTP; 0 where none came
    head: str = ""
    body: bytes = b""
    protocol: int | None = None  # of END_REQUEST; None where it did not come
    errors: bytes = b""
    others: list[tuple[int, bytes]] = field(default_factory=list)

    def read(self, out: bytes) -> None:
        head, found, self.body = out.partition(b"\r\n\r\n")
        self.head = head.decode("latin-1")
        if found:
            said = re.search(r"^status: *(\d+)", self.head, re.I | re.M)
            self.status = int(said.group(1)) if said else 200


class Client:
    """One connection. Whatever the other side does to it is an answer."""

    def __init__(self, path: str, seconds: float = 30):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(seconds)
        try:
            self.socket.connect(path)
        except OSError:
            self.socket.close()
            raise

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, data: bytes) -> bool:
        """False where the other side has closed."""
        try:
            self.socket.sendall(data)
            return True
        except OSError:
            return False

    def take(self, n: int) -> bytes:
        got = b""
        while len(got) < n:
            part = self.socket.recv(n - len(got))
            if not part:
                raise EOFError
            got += part
        return got

    def next(self) -> tuple[int, int, bytes]:
        _, kind, request, n, padding = struct.unpack(">BBHHBx", self.take(8))
        content = self.take(n)
        self.take(padding)
        return kind, request, content

    def answer(self) -> Answer:
        """Up to END_REQUEST, the end of the connection or the time-out."""
        answer, out = Answer(), b""
        with contextlib.suppress(EOFError, OSError):
            while answer.protocol is None:
                kind, _, content = self.next()
                if kind == STDOUT:
                    out += content
                elif kind == STDERR:
                    answer.errors += content
                elif kind == END and len(content) == 8:
                    answer.protocol = content[4]
                else:
                    answer.others.append((kind, content))
        answer.read(out)
        return answer

    def ask(self, env: Pairs, body: bytes = b"", request: int = 1, flags: int = 0) -> Answer:
        self.send(whole(env, body, request, flags))
        return self.answer()

    def closed(self, seconds: float) -> bool:
        """Whether the other side ends the connection in this time."""
        self.socket.settimeout(seconds)
        try:
            while self.socket.recv(65536):
                pass
            return True
        except TimeoutError:
            return False
        except OSError:
            return True


# ---- as a program ----

HOOK = "/api/zoho/webhooks/Leads"


def lead(number: int) -> bytes:
    return (b'{"data":[{"id":"%d","Last_Name":"Example",'
            b'"Modified_Time":"2026-01-31T09:15:00+01:00"}]}' % number)


class Abuse:
    """What a broken or hostile peer does; each says what came of it."""

    def __init__(self, path: str, key: str, number: int, seed: int):
        self.path, self.key, self.number, self.seed = path, key, number, seed
        self.body = lead(number)
        self.env = environment("POST", HOOK, self.body, X_API_Key=key)
        self.good = whole(self.env, self.body)

    def send(self, data: bytes, seconds: float = 30) -> Answer:
        with Client(self.path, seconds) as c:
            c.send(data)
            return c.answer()

    @staticmethod
    def say(answer: Answer) -> str:
        return "%s %s" % (answer.status, answer.protocol)

    def do_good(self) -> str:
        return self.say(self.send(self.good))

    def do_bytewise(self) -> str:
        """Every byte on its own."""
        with Client(self.path) as c:
            for i in range(len(self.good)):
                c.send(self.good[i:i + 1])
            return self.say(c.answer())

    def do_padded(self) -> str:
        """Parameters and body in many records with padding."""
        def parts(kind: int, content: bytes) -> bytes:
            cut = [content[i:i + 7] for i in range(0, len(content), 7)]
            return b"".join(record(kind, 1, p, padding=i % 256) for i, p in enumerate([*cut, b""]))
        return self.say(self.send(begin() + parts(PARAMS, pairs(self.env)) + parts(STDIN, self.body)))

    def do_kept(self) -> str:
        """Three requests, one after the other, on one connection."""
        with Client(self.path) as c:
            said = [self.say(c.ask(self.env, self.body, n, KEEP)) for n in (1, 2, 65535)]
        return ", ".join(said)

    def do_role(self) -> str:
        """Roles that nobody plays here."""
        return ", ".join(self.say(self.send(begin(role=role))) for role in (AUTHORIZER, FILTER, 0, 999))

    def do_two(self) -> str:
        """A second request beside the first: refused, and the first goes on."""
        data = begin(1) + begin(2) + stream(PARAMS, pairs(self.env)) + stream(STDIN, self.body)
        with Client(self.path) as c:
            c.send(data)
            return "%s, %s" % (self.say(c.answer()), self.say(c.answer()))

    def do_others(self) -> str:
        """Records of a request that was never begun are passed over."""
        stray = record(PARAMS, 7, b"x") + record(STDIN, 7, b"y") + record(DATA, 9) + record(ABORT, 9)
        return self.say(self.send(stray + self.good))

    def do_values(self) -> str:
        """Known and unknown names, each known one answered once."""
        names = [b"FCGI_MAX_CONNS", b"FCGI_MPXS_CONNS", b"NOBODY_KNOWS", b"FCGI_MAX_CONNS"]
        return self.values(names, 5)

    def do_values_many(self) -> str:
        """The same name so often that libfcgi's buffer ran over."""
        return self.values([b"FCGI_MAX_CONNS"] * 200 + [b"FCGI_MAX_REQS"] * 200, 20)

    def values(self, names: list[bytes], seconds: float) -> str:
        with Client(self.path, seconds) as c:
            c.send(record(GET_VALUES, 0, pairs([(n, b"") for n in names])))
            try:
                kind, _, content = c.next()
            except (EOFError, OSError):
                return "closed"
            return "%d %s" % (kind, " ".join(sorted(re.findall(r"FCGI_[A-Z_]+?(?=\d)", content.decode("latin-1")))))

    def do_unknown(self) -> str:
        """A management record of a type that does not exist."""
        with Client(self.path) as c:
            c.send(record(77, 0, b"what?"))
            kind, request, content = c.next()
            return "%d %d %d" % (kind, request, content[0])

    def do_breaking(self) -> str:
        """What breaks the protocol's rules: closed, without an answer."""
        params = stream(PARAMS, pairs(self.env))
        cases = {
            "version": record(BEGIN, 1, b"\0\1\0" + b"\0" * 5, version=2),
            "short begin": record(BEGIN, 1, b"\0\1"),
            "long begin": record(BEGIN, 1, b"\0\1" + b"\0" * 14),
            "body first": begin() + stream(STDIN, self.body),
            "empty body first": begin() + record(STDIN, 1),
            "parameters again": begin() + params + params,
            "aborted": begin() + params + record(STDIN, 1, b"{") + record(ABORT, 1),
            "length beyond": begin() + record(PARAMS, 1, b"\xff\xff\xff\xff\xff\xff\xff\xffA") + record(PARAMS, 1),
            "name cut": begin() + record(PARAMS, 1, b"\x7f\x01A") + record(PARAMS, 1),
        }
        said = []
        for name, data in cases.items():
            with Client(self.path, 10) as c:
                c.send(data)
                answer = c.answer()
                if 200 <= answer.status <= 299 or answer.protocol is None and not c.closed(5):
                    said.append("%s: %s" % (name, self.say(answer)))
        return "; ".join(said) or "refused all"

    def do_cut(self) -> str:
        """The connection ends after each byte of a good request."""
        for n in range(len(self.good)):
            with Client(self.path) as c:
                c.send(self.good[:n])
                if n % 2:  # a reset in place of an orderly end
                    c.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return "done"

    def do_gone(self) -> str:
        """Good requests whose sender does not wait for the answer."""
        for n in range(50):
            with Client(self.path) as c:
                body = lead(self.number + n)
                c.send(whole(environment("POST", HOOK, body, X_API_Key=self.key), body))
        return "done"

    def do_oversized(self) -> str:
        """More parameters, and more body, than anybody takes."""
        many = [(b"HTTP_X_%d" % n, b"x" * 1000) for n in range(3000)]
        large = b"x" * (9 << 20)
        said = [self.say(self.send(whole(self.env + many, self.body))),
                self.say(self.send(whole(environment("POST", HOOK, large, X_API_Key=self.key), large)))]
        return ", ".join(said)

    def do_noise(self) -> str:
        """Random bytes, and good requests with some of them changed."""
        rng = random.Random(self.seed)
        for _ in range(300):
            data = bytearray(self.good)
            for _ in range(rng.randrange(1, 8)):
                data[rng.randrange(len(data))] = rng.randrange(256)
            with Client(self.path) as c:
                c.send(bytes(data) if rng.random() < 0.8 else rng.randbytes(rng.randrange(2000)))
        return "done"

    def do_idle(self) -> str:
        """Connections that send nothing, or half of something, until standard
        input ends; says when all are there."""
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        held, halves = [], [b"", b"\1", self.good[:9], self.good[:40], self.good[:-20]]
        for n in range(self.number):
            with contextlib.suppress(OSError):
                held.append(Client(self.path))
                held[-1].send(halves[n % len(halves)])
        print(len(held), flush=True)
        sys.stdin.read()
        return ""

    def do_slow(self) -> str:
        """So many good requests, side by side, a few bytes now and then."""
        held = [Client(self.path, 120) for _ in range(self.number)]
        data = [whole(environment("POST", HOOK, lead(n), X_API_Key=self.key), lead(n)) for n in range(self.number)]
        step = max(map(len, data)) // 30 + 1
        for at in range(0, max(map(len, data)), step):
            for c, whole_of_it in zip(held, data):
                c.send(whole_of_it[at:at + step])
            time.sleep(0.1)
        return " ".join(sorted({self.say(c.answer()) for c in held}))


def main() -> None:
    path, key, command = sys.argv[1:4]
    number = int(sys.argv[4]) if len(sys.argv) > 4 else 1
    seed = int(os.environ.get("SEED", "1"))
    print(getattr(Abuse(path, key, number, seed), "do_" + command)())


if __name__ == "__main__":
    main()
