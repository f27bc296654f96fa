"""Who is at work on a trial: processes, of this machine or another. Knows nothing of what a trial is."""

import os
import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import optuna


def this_worker() -> str:
    """The name of this process among all that share a study."""
    return f"{socket.gethostname()}:{os.getpid()}"


def is_gone(worker: str) -> bool:
    """Whether ``worker`` was a process of this machine that is no more."""
    host, _, process = worker.rpartition(":")
    if host != socket.gethostname():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def hear(storage: "optuna.storages.BaseStorage", study_name: str, number: int) -> None:
    """Note in the database, now, that the trial ``number`` is at work.

    Optuna leaves the first such note to a thread. A process killed before that thread had its turn leaves a trial that
    was never heard of, and optuna waits for it for ever.
    """
    from optuna.storages import RDBStorage

    if isinstance(storage, RDBStorage):
        study = storage.get_study_id_from_name(study_name)
        storage.record_heartbeat(storage.get_trial_id_from_study_id_trial_number(study, number))
