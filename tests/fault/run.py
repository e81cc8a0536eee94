"""The fault runner: see README.

  run.py [--short] [--only NAME[:PART],...] [--seed N] [--kills N] [--size NAME=N]
         [--jobs N] [--results FILE] [--resume] [--keep] [--tap] [--list]
"""

import argparse
import faulthandler
import importlib
import json
import os
import platform
import random
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor, as_completed

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import fault  # noqa: E402 (the path comes first)
from stage import TOP_SRCDIR  # noqa: E402


def read_scenarios():
    for name in sorted(os.listdir(HERE + "/scenarios")):
        if name.endswith(".py"):
            importlib.import_module("scenarios." + name[:-3])


def commit():
    def git(*argv):
        return subprocess.run(["git", "-C", TOP_SRCDIR, *argv], text=True, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout.strip()
    head = git("rev-parse", "--short", "HEAD")
    return (head + ("+" if git("status", "--porcelain") else "")) if head else "no repository"


def machine():
    with open("/proc/cpuinfo", encoding="utf-8") as f:
        models = [line.split(":")[1].strip() for line in f if line.startswith("model name")]
    with open("/proc/meminfo", encoding="ascii") as f:
        memory = int(f.readline().split()[1]) // 1024 // 1024
    postgres = subprocess.run(["psql", "--version"], text=True, stdout=subprocess.PIPE,
                              check=False).stdout.split()[2:3]
    return "%s %s, %d x %s, %d GiB, PostgreSQL %s, %s" % (
        platform.system(), platform.release(), os.cpu_count(),
        models[0] if models else platform.machine(), memory, " ".join(postgres),
        "root" if os.getuid() == 0 else "plain user")


def chosen(options):
    """(scenario, part, sizes) of everything to be played."""
    given = dict(kv.split("=", 1) for kv in options.size)
    given = {k: int(v) for k, v in given.items()}
    if options.kills is not None:
        given["kills"] = options.kills
    wanted = [w.partition(":") for w in options.only.split(",") if w]
    for name, _, _ in wanted:
        if name not in fault.SCENARIOS:
            sys.exit("run.py: no scenario is called \"%s\"; --list shows them" % name)
    for one in fault.SCENARIOS.values():
        for part, size in enumerate(one.parts(options.short, given), 1):
            if not wanted or any(n == one.name and p in ("", str(part)) for n, _, p in wanted):
                yield one, part, size


def played(path, seed, head):
    """What the results file says went well with this seed and commit."""
    try:
        with open(path, encoding="utf-8") as f:
            lines = [json.loads(line) for line in f]
    except FileNotFoundError:
        return set()
    return {(r["scenario"], r["part"], json.dumps(r["size"])) for r in lines
            if r["result"] == "ok" and (r["seed"], r["commit"]) == (seed, head)}


def play_one(one, part, size, options, seed):
    folder = tempfile.mkdtemp(prefix="fault.%s.%d." % (one.name, part))
    run = fault.Run(one.name, "%d %s %d" % (seed, one.name, part), size, options.short, folder)
    result, why = "ok", []
    try:
        fault.play(one, run)
    except fault.Skip as e:
        result, why = "skipped", [str(e)]
    if run.failures:
        result, why = "FAILED", run.failures
    if result == "FAILED" or options.keep:
        why = why + ["ledger and logs: " + folder]
    else:
        shutil.rmtree(folder)
    return {"scenario": one.name, "part": part, "size": size, "result": result,
            "seconds": round(time.monotonic() - run.began, 1),
            "faults": run.strikes, "figures": run.notes, "why": why}


def words(figures):
    return " ".join("%s=%s" % (k, v) for k, v in figures.items())


def show(record, number, tap):
    name = "%(scenario)s:%(part)d" % record
    counts = "faults: %s; %s" % (words(record["faults"]) or "none", words(record["figures"]))
    if not tap:
        print("%-22s %7.1f s  %-7s %s" % (name, record["seconds"], record["result"], counts))
        for line in record["why"]:
            print("    " + line)
    elif record["result"] == "skipped":
        print("ok %d - %s # SKIP %s" % (number, name, record["why"][0]))
    else:
        print("%s %d - %s: %s" % ("ok" if record["result"] == "ok" else "not ok", number,
                                 name, fault.SCENARIOS[record["scenario"]].says))
        for line in [counts] + record["why"]:
            print("# " + line.replace("\n", "\n# "))
    sys.stdout.flush()


def options_of(argv):
    parser = argparse.ArgumentParser(description="Play faults against zohosync and judge what is left.")
    parser.add_argument("--short", action="store_true", help="the form of make check")
    parser.add_argument("--only", default="", metavar="NAME[:PART],...")
    parser.add_argument("--seed", type=int, help="play the same again")
    parser.add_argument("--kills", type=int, metavar="N")
    parser.add_argument("--size", action="append", default=[], metavar="NAME=N",
                        help="another number than the form's")
    parser.add_argument("--jobs", type=int, default=1, metavar="N",
                        help="play so many at once, each on its own stage")
    parser.add_argument("--results", default="fault-results.jsonl", metavar="FILE")
    parser.add_argument("--resume", action="store_true",
                        help="leave out what the results file says went well with this seed and commit")
    parser.add_argument("--keep", action="store_true", help="keep ledgers and logs")
    parser.add_argument("--tap", action="store_true")
    parser.add_argument("--list", action="store_true")
    return parser.parse_args(argv)


def main():
    options = options_of(sys.argv[1:])
    read_scenarios()
    plays = list(chosen(options))
    if options.list:
        for one in fault.SCENARIOS.values():
            print("%-20s %s\n%20s full %s, short %s" % (one.name, one.says, "", one.full, one.short))
        return 0
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(10**9)
    head, where = commit(), machine()
    print("%sseed %d, commit %s, %s" % ("# " if options.tap else "", seed, head, where), flush=True)
    if options.short:  # one that hangs says where, and ends it all
        faulthandler.dump_traceback_later(600, exit=True)
    if options.tap:
        print("1..%d" % len(plays), flush=True)
    done = played(options.results, seed, head) if options.resume else set()
    plays = [p for p in plays if (p[0].name, p[1], json.dumps(p[2])) not in done]
    failed = 0
    with ThreadPoolExecutor(options.jobs) as pool:
        futures = [pool.submit(play_one, *p, options, seed) for p in plays]
        # TAP wants its numbers in order, a person the news.
        for number, future in enumerate(futures if options.tap else as_completed(futures), 1):
            record = {"seed": seed, "commit": head, "machine": where, **future.result()}
            if options.results:
                with open(options.results, "a", encoding="utf-8") as f:
                    f.write(json.dumps(record) + "\n")
            show(record, number, options.tap)
            failed += record["result"] == "FAILED"
    return 1 if failed else 0


try:
    sys.exit(main())
except KeyboardInterrupt:
    os._exit(130)  # the stages close where this program is gone
