"""How many connections the process may hold: as many as the system lets it. Knows no more of it than POSIX's names.

Each takes a file descriptor, of which a process gets 1,024 where nobody asked for more, and without one left nobody new
is let in.
"""


def allow_many_connections() -> None:
    """Raise the limit of open files as far as that is allowed; where there is none nothing is done."""
    try:
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    except (ImportError, OSError, ValueError):  # not POSIX, or a system that promises more than it gives
        return
