"""Small file systems on directories of a stage, to be filled or broken."""

import contextlib
import ctypes
import os
import shutil
import subprocess

from fault import Skip
from stage import Failure

CLONE_NEWNS = 0x20000
MIB = 1024 * 1024


def sh(*argv):
    done = subprocess.run(argv, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode != 0:
        raise Failure("%s: %s" % (" ".join(argv), done.stdout.strip()))


def own_mounts():
    """Mounts of this thread and what it starts, seen by nobody else."""
    if os.getuid() != 0:
        raise Skip("needs root, for file systems of its own")
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNS) != 0:
        raise Skip("no mount namespace here: %s" % os.strerror(ctypes.get_errno()))
    try:
        sh("mount", "--make-rprivate", "/")
    except Failure as e:
        raise Skip("no mounts here: %s" % e) from None


class Small:
    """A small file system on a directory of the stage."""

    def __init__(self, run, path, mib, inodes=None):
        self.run, self.path = run, path
        # as a file, so that fsync means something; else in memory
        image = run.stage.dir + "/image." + os.path.basename(path)
        with open(image, "wb") as f:
            f.truncate(mib * MIB)
        try:
            sh("mkfs.ext4", "-q", "-m", "0", "-N", str(inodes or mib * 64), image)
            sh("mount", "-o", "loop", image, path)
            self.kind = "ext4"
            os.rmdir(path + "/lost+found")
        except (Failure, FileNotFoundError):
            sh("mount", "-t", "tmpfs", "-o", "size=%dm,nr_inodes=%d" % (mib, inodes or mib * 64),
               "none", path)
            self.kind = "tmpfs"
        shutil.chown(path, run.stage.user.pw_uid, run.stage.user.pw_gid)
        os.chmod(path, 0o770)

    def fill(self):
        """To the last byte."""
        # no filler either where the last inode is gone
        with contextlib.suppress(OSError), open(self.path + "/filler", "ab", buffering=0) as f:
            for size in (MIB, 4096, 1):
                with contextlib.suppress(OSError):
                    while f.write(b"x" * size) == size:
                        pass
        self.run.strike("full", self.path)

    def fill_inodes(self):
        os.mkdir(self.path + "/fillers")
        with contextlib.suppress(OSError):
            for n in range(10 ** 6):
                with open("%s/fillers/%d" % (self.path, n), "wb"):
                    pass
        self.run.strike("no_inodes", self.path)

    def clear(self):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.path + "/filler")
        shutil.rmtree(self.path + "/fillers", ignore_errors=True)

    def remount(self, how):
        sh("mount", "-o", "remount," + how, self.path)

    def close(self):
        with contextlib.suppress(Failure):
            sh("umount", "-l", self.path)
