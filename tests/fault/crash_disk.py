"""The states a crash may leave of files: for crash_states.py."""

import math
import random
import re
from dataclasses import dataclass, field

from crash_play import Operation

BLOCK = 4096


@dataclass
class File:
    synced: bytes = b""  # content that is on disk for sure
    later: bytes = b""  # written since

    def contents(self) -> list[bytes]:
        """What it may hold after a crash."""
        if not self.later:
            return [self.synced]
        n, zeros = len(self.later), b"\0" * len(self.later)
        cuts = {0, 1, n // 2, n - 1, n, *range(BLOCK, min(n, 3 * BLOCK + 1), BLOCK)}
        some = [self.later[:cut] for cut in sorted(cuts)]
        half = min(BLOCK, n // 2)
        some += [zeros, zeros[:half] + self.later[half:], self.later[:-half or n] + zeros[:half]]
        return [self.synced + part for part in dict.fromkeys(some)]


@dataclass
class Disk:
    """Everything that was done up to a moment."""

    files: list[File] = field(default_factory=list)
    opened: dict[str, int] = field(default_factory=dict)  # by the name it was made with
    names: dict[str, int] = field(default_factory=dict)  # as the programs see it
    entries: dict[str, int] = field(default_factory=dict)  # that are on disk for sure
    pending: list[tuple[str | None, str | None, int]] = field(default_factory=list)  # from, to, file
    ins: dict[str, bytes] = field(default_factory=dict)
    outs: dict[str, bytes] = field(default_factory=dict)
    acked: set[str] = field(default_factory=set)
    loading: set[int] = field(default_factory=set)
    loaded: set[int] = field(default_factory=set)

    def change(self, entries: dict[str, int], step: tuple[str | None, str | None, int]) -> None:
        gone, here, number = step
        if gone is not None:
            entries.pop(gone, None)
        if here is not None:
            entries[here] = number

    def step(self, gone: str | None, here: str | None, number: int) -> None:
        self.pending.append((gone, here, number))
        self.change(self.names, self.pending[-1])

    def do(self, o: Operation) -> None:
        if o.kind == "create":
            self.files.append(File())
            self.opened[o.name] = len(self.files) - 1
            self.step(None, o.name, len(self.files) - 1)
        elif o.kind == "write":
            self.files[self.opened[o.name]].later += o.data
        elif o.kind == "rename":
            self.step(o.name, o.other, self.names[o.name])
        elif o.kind == "unlink":
            self.step(o.name, None, self.names[o.name])
        elif o.kind == "sync" and o.name == ".":
            for step in self.pending:
                self.change(self.entries, step)
            self.pending = []
        elif o.kind == "sync":
            file = self.files[self.opened[o.name]]
            file.synced, file.later = file.synced + file.later, b""
        elif o.kind == "open":
            self.loading.add(self.names[o.name])
        elif o.kind == "sql":
            self.do_sql(o.data)
        elif o.kind == "in":
            self.ins[o.name] = self.ins.get(o.name, b"") + o.data
        elif o.kind == "out":
            self.outs[o.name] = self.outs.get(o.name, b"") + o.data
            if re.search(rb"Status: 2\d\d", self.outs[o.name]):
                self.acked.update(m.decode() for m in re.findall(rb'"item_id": "(event-\d+)"', self.ins[o.name]))

    def do_sql(self, command: bytes) -> None:
        if command == b"load":
            self.loaded |= self.loading
            self.loading = set()

    def states(self, most: int, rng: random.Random):
        """Directories that a crash now may leave: {name: (file, content)}."""
        recent = self.pending[-12:]  # those before them are lost, here
        unsure = [n for n, file in enumerate(self.files) if file.later]
        contents = {n: self.files[n].contents() for n in unsure}
        total = math.prod([2 ** len(recent), *map(len, contents.values())])
        for number in draw(total, most, rng):
            number, kept = divmod(number, 2 ** len(recent))
            entries = dict(self.entries)
            for n, step in enumerate(recent):
                if kept >> n & 1:
                    self.change(entries, step)
            chosen = {}
            for n in unsure:
                number, place = divmod(number, len(contents[n]))
                chosen[n] = contents[n][place]
            yield {name: chosen.get(n, self.files[n].synced) for name, n in entries.items()}


def draw(total: int, most: int, rng: random.Random):
    """All numbers below "total", or so many of them."""
    if total <= most:
        return range(total)
    drawn: set[int] = set()
    while len(drawn) < most:
        drawn.add(rng.randrange(total))
    return drawn
