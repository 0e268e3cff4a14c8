"""Become another program: drop rights, and end when the supervisor does.

Run as a script (`python -IS launch.py PARENT SIGNAL UID GID PROGRAM ARGUMENT...`), because the kernel forgets
the death signal when the user changes, and a hook between fork and exec is unsafe beside threads.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1


def main(parent: int, death_signal: int, uid: int, gid: int, argv: list[str]) -> None:
    """Take on the given user, tie this process to its parent and turn into the program."""
    if uid != os.geteuid():
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, death_signal)
        if os.getppid() != parent:  # it died before the tie was made
            sys.exit(1)
    os.execv(argv[0], argv)  # noqa: S606  (no shell is wanted)


if __name__ == "__main__":
    tie = [int(word) for word in sys.argv[1:5]]
    main(tie[0], tie[1], tie[2], tie[3], sys.argv[5:])
