"""What fail_each.py plays: for each scene a start from the same place, a run
of one program, and what must be so after it, whatever failed in it.

A scene's judge() returns complaints as sentences; none is well. "gentle"
says that nothing was broken: a short read or an EINTR must change nothing.
"""

import contextlib
import os
import re
import shutil
import signal
import subprocess
from dataclasses import dataclass

from stage import Stage

CRYPTO = "libcrypto,libssl"  # thousands of calls to set itself up; two scenes have them
PHONE = ",libphonenumber,libprotobuf,libicu,libstdc++"  # they end the program where there is no memory
PATIENCE_S = 60  # whoever takes longer hangs

TABLES = """sync.inbox sync.work sync.seen sync.repeat sync.refusal sync.outcome
    sync.dead sync.spooled sync.fetch sync.conflict mirror.record mirror.version
    zoho.products""".split()


@dataclass
class Ran:
    status: int
    out: str
    err: str
    hung: bool = False


def sanitizer_says(text: str) -> list[str]:
    found = re.search(r".*(Sanitizer|runtime error|definitely lost: [1-9]|Invalid (read|write)).*", text)
    return ["a report: " + found.group(0).strip()] if found else []


class Scene:
    name = ""
    modes: tuple[str, ...] = ("fail", "stay", "short", "interrupt", "die")
    weight = 1  # a sample takes only so small a part
    skip = ""  # libraries that are not ours to answer for here
    conf = ""  # settings file of the scene

    def __init__(self, stage: Stage, fault: dict[str, str]):
        self.stage, self.fault = stage, fault
        self.conf = stage.conf

    # ---- for each run ----

    def reset(self) -> None:
        """The same place to start from."""

    def play(self, env: dict[str, str]) -> Ran:
        raise NotImplementedError

    def learn(self, ran: Ran) -> None:
        """Remember a run in which nothing failed."""

    def judge(self, ran: Ran, mode: str) -> list[str]:
        raise NotImplementedError

    def close(self) -> None:
        """After the last run."""

    # ---- what they share ----

    def clean(self) -> None:
        self.stage.sql("; ".join("delete from " + t for t in TABLES))
        shutil.rmtree(self.stage.spool, ignore_errors=True)
        os.mkdir(self.stage.spool)
        self.own(self.stage.spool)
        self.forget_log()

    def own(self, path: str) -> None:
        if self.stage.user is not None:
            os.chown(path, self.stage.user.pw_uid, self.stage.user.pw_gid)

    def forget_log(self) -> None:
        with contextlib.suppress(FileNotFoundError):
            os.truncate(self.stage.dir + "/log", 0)

    def log(self) -> str:
        with contextlib.suppress(FileNotFoundError):
            with open(self.stage.dir + "/log", encoding="utf-8", errors="replace") as f:
                return f.read()
        return ""

    def write(self, name: str, text: bytes) -> str:
        path = os.path.join(self.stage.dir, name)
        with open(path, "wb") as f:
            f.write(text)
        os.chmod(path, 0o600)
        self.own(path)
        return path

    def settings(self, name: str, **changed: str) -> str:
        """The stage's settings with some changed, as a file of its own."""
        with open(self.stage.conf, encoding="ascii") as f:
            lines = [line for line in f if line.split("=")[0] not in changed]
        lines += ["%s=%s\n" % pair for pair in changed.items()]
        return self.write(name, "".join(lines).encode())

    def spawn(self, program: str, *args: str, env: dict[str, str], **how) -> subprocess.Popen:
        if self.stage.user is not None:
            how.update(user=self.stage.user.pw_uid, group=self.stage.user.pw_gid, extra_groups=[])
        words = os.environ.get("FAULT_UNDER", "").split()
        return subprocess.Popen(
            [*words, self.stage.dir + "/bin/" + program, *args], cwd="/",
            env={**BARE, **env}, stderr=subprocess.PIPE, start_new_session=True, **how)

    @staticmethod
    def await_end(process: subprocess.Popen, given: bytes | None = None) -> tuple[bytes, bytes, bool]:
        """What it said, and whether it had to be killed, its children too."""
        try:
            out, err = process.communicate(given, timeout=PATIENCE_S)
            return out or b"", err, False
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            out, err = process.communicate()
            return out or b"", err, True

    def run(self, program: str, *args: str, env: dict[str, str] | None = None,
            given: bytes | None = None) -> Ran:
        process = self.spawn(program, *args, env=env or {}, stdout=subprocess.PIPE,
                             stdin=subprocess.DEVNULL if given is None else subprocess.PIPE)
        out, err, hung = self.await_end(process, given)
        return Ran(process.returncode, out.decode(errors="replace"),
                   err.decode(errors="replace"), hung)

    def faults(self, ran: Ran, mode: str) -> list[str]:
        """What no program may do, whatever failed."""
        said = sanitizer_says(ran.err + self.log())
        if ran.hung:
            said.append("it hung")
        elif ran.status < 0 and not (mode == "die" and ran.status == -9):
            said.append("it died of signal %d" % -ran.status)
        if mode != "die" and "died of signal" in self.log():
            said.append("a worker died of a signal")
        return said


BARE = {k: v for k, v in os.environ.items()
        if k in ("PATH", "ASAN_OPTIONS", "LSAN_OPTIONS", "UBSAN_OPTIONS")}


def gentle(mode: str) -> bool:
    return mode in ("none", "short", "interrupt")
