"""Become one of the service's programs: exactly its environment, its account, its folder.

Supervisor would hand its whole environment on and reads command lines as templates (`%`, quotes,
` ;`). Here the command line comes from a private file, so any path works and no secret shows in a
process list. Standard library only, started with -I -S: it must cost nothing.
"""

import json
import os
import sys


def become(file: str, name: str) -> None:
    with open(file, encoding="utf-8") as opened:  # noqa: PTH123 - pathlib loads slowly
        program = json.load(opened)[name]
    os.chdir(program["folder"])
    if program["uid"] is not None:
        os.setgroups([])
        os.setgid(program["gid"])
        os.setuid(program["uid"])
    os.execve(program["command"][0], program["command"], program["environment"])  # noqa: S606


if __name__ == "__main__":
    become(sys.argv[1], sys.argv[2])
