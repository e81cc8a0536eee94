#!/usr/bin/env python3
"""The saved inputs of a harness: one text file, a line for each input.

A thousand little files would be a thousand lines of every listing, and nobody
could read a change to them. So corpus/NAME.txt holds them all: printable
ASCII stands for itself, a new line is \\n, a backslash \\\\, any other byte
\\xNN. An empty line, and one that starts with #, is none; "#" at the start of
an input is written \\x23. replay.c reads the same. What stands above the line
LEARNT was written by hand, such as what once went wrong; it stays.

    corpus.py unpack NAME.txt DIR     write each input as a file into DIR
    corpus.py pack DIR NAME.txt       write the files of DIR as NAME.txt,
                                      the smallest first, within the limits
"""
import hashlib
import pathlib
import sys

MOST = 150
LARGEST = 4095
LEARNT = "# what make fuzz learnt"


def escape(data: bytes) -> str:
    text = "".join(
        "\\n" if b == 10 else "\\\\" if b == 92
        else chr(b) if 32 <= b < 127 else f"\\x{b:02x}"
        for b in data)
    return "\\x23" + text[1:] if text.startswith("#") else text


def unescape(line: str) -> bytes:
    out, i = bytearray(), 0
    while i < len(line):
        if line[i] != "\\":
            out.append(ord(line[i]))
        elif line[i + 1] == "x":
            out.append(int(line[i + 2:i + 4], 16))
            i += 3
        else:
            out.append(10 if line[i + 1] == "n" else ord(line[i + 1]))
            i += 1
        i += 1
    return bytes(out)


def read(path: pathlib.Path) -> list[bytes]:
    if not path.exists():
        return []
    lines = path.read_text("ascii").split("\n")
    return [unescape(line) for line in lines if line and line[0] != "#"]


def unpack(path: pathlib.Path, folder: pathlib.Path) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    inputs = read(path)
    for data in inputs:
        name = hashlib.sha1(data).hexdigest()
        (folder / name).write_bytes(data)
    return len(inputs)


def pack(folder: pathlib.Path, path: pathlib.Path) -> int:
    inputs = {f.read_bytes() for f in folder.iterdir() if f.is_file()}
    inputs = sorted((i for i in inputs if 0 < len(i) <= LARGEST),
                    key=lambda i: (len(i), i))[:MOST]
    old = path.read_text("ascii") if path.exists() else ""
    above = old[:old.index(LEARNT)] if LEARNT in old else ""
    path.write_text(above + LEARNT + "\n"
                    + "".join(escape(i) + "\n" for i in inputs), "ascii")
    return len(inputs)


def main(argv: list[str]) -> int:
    if len(argv) != 4 or argv[1] not in ("unpack", "pack"):
        print(__doc__, file=sys.stderr)
        return 64
    act = unpack if argv[1] == "unpack" else pack
    print(act(pathlib.Path(argv[2]), pathlib.Path(argv[3])), "inputs")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
