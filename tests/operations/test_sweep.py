import os
import subprocess
from collections.abc import Callable

from backend_api.operations import postgres
from backend_api.operations.folders import MARK, DataFolder
from backend_api.operations.sweep import leftovers, sweep

Sleeper = Callable[..., "subprocess.Popen[bytes]"]


def test_a_process_with_our_mark_is_ended(data: DataFolder, sleeper: Sleeper) -> None:
    left = sleeper(**{MARK: data.instance})
    assert sweep(data) == 1
    assert left.poll() is not None


def test_foreign_processes_are_never_ended(data: DataFolder, sleeper: Sleeper) -> None:
    unmarked, other = sleeper(), sleeper(**{MARK: "0" * 32})
    assert sweep(data) == 0
    assert unmarked.poll() is None
    assert other.poll() is None


def test_a_reused_number_in_the_state_file_ends_nobody(data: DataFolder, sleeper: Sleeper) -> None:
    foreign = sleeper()
    (data.run / "supervisord.pid").write_text(str(foreign.pid))
    sweep(data)
    assert foreign.poll() is None


def test_the_sweeper_spares_itself(data: DataFolder) -> None:
    assert os.getpid() not in [process.pid for process in leftovers(data)]


def test_a_stale_postmaster_pid_of_a_living_foreign_process_is_removed(
    data: DataFolder, sleeper: Sleeper
) -> None:
    cluster = postgres.place(data.root, data.instance, None)
    stale = cluster / "postmaster.pid"
    stale.write_text(f"{sleeper().pid}\n")
    sweep(data)
    assert not stale.exists()
