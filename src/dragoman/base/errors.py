"""The one tree of errors a user can meet.

::

    DragomanError
    ├── ConfigError             a recipe, an option or a value that cannot be used
    │   └── UnknownNameError    a name that no catalogue knows
    ├── DataError               text that cannot be read or used
    │   ├── CorpusFormatError   a corpus file that breaks its format's rules
    │   ├── DocumentError       a document that cannot be translated as the file it is
    │   └── EmptyCorpusError    nothing, or too little, to work with
    ├── FileAccessError         missing file, no permission, full disk
    │   └── DownloadError       a file that could not be had from elsewhere
    ├── DamagedFileError        a bundle or checkpoint that fails its checksum
    ├── VersionError            a bundle this version does not understand
    ├── TrainingError           a run that cannot go on under way
    │   ├── DivergenceError     a loss that has run away, or is not finite
    │   └── OutOfMemoryError    a batch that does not fit into memory
    ├── ExportError             an export or import that does not do what its model does
    ├── LimitError              limits that nothing keeps
    ├── StoreError              a database that cannot be used now
    └── MissingExtraError       an optional dependency that is not installed

Every message says what happened, with the value and the place; ``hint`` says what to do.
"""

INTERRUPTED = 130
"""The exit code of a command that was stopped from outside (Ctrl-C); what it could save is saved."""


class DragomanError(Exception):
    """Base of all errors meant for a user to read.

    Args:
        message: what happened, with the value and the place (file, line).
        hint: what to do about it.
    """

    exit_code = 1

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return self.message if self.hint is None else f"{self.message}\nhint: {self.hint}"


class ConfigError(DragomanError):
    """A recipe, an option or a value that cannot be used."""

    exit_code = 2


class UnknownNameError(ConfigError):
    """A name that no catalogue knows."""


class DataError(DragomanError):
    """Text that cannot be read or used."""


class CorpusFormatError(DataError):
    """A corpus file that breaks its format's rules."""


class DocumentError(DataError):
    """A document that cannot be translated as the file it is.

    Args:
        message: what is wrong, and where in the file.
        reason: a short name for programs: "unsupported_format", "empty_file", "wrong_format" (not what its name says),
            "protected_file", "macros", "damaged_file", "wrong_encoding", "stray_line" or "too_much".
        hint: what to do about it.
    """

    def __init__(self, message: str, *, reason: str, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.reason = reason


class EmptyCorpusError(DataError):
    """Nothing, or too little, to work with."""


class FileAccessError(DragomanError):
    """A missing file, no permission, or a full disk."""


class DownloadError(FileAccessError):
    """A file that could not be had from elsewhere; what has come of it is kept."""


class DamagedFileError(DragomanError):
    """A bundle or checkpoint that fails its checksum or cannot be parsed."""


class VersionError(DragomanError):
    """A bundle written by a version this one does not understand."""


class TrainingError(DragomanError):
    """A run that cannot go on."""


class DivergenceError(TrainingError):
    """A loss that has run away, or is not finite."""


class OutOfMemoryError(TrainingError):
    """A batch that does not fit into memory; the weights are as they were before it.

    Args:
        message: what happened, with the shape of the batch.
        rows: sentences in the batch.
        hint: what to do about it.
    """

    def __init__(self, message: str, *, rows: int, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.rows = rows


class ExportError(DragomanError):
    """An export or import that does not do what its model does; nothing of it is left."""


class LimitError(DragomanError):
    """Limits that nothing keeps; what came nearest is told."""


class StoreError(DragomanError):
    """A database that is locked, full, damaged or out of reach."""


class MissingExtraError(DragomanError):
    """An optional dependency that is not installed."""

    @classmethod
    def of(cls, package: str, *, extra: str) -> "MissingExtraError":
        """The error for ``package``, which the extra ``extra`` brings; "" for what every installation should have."""
        return cls(
            f"this needs the package '{package}', which is not installed",
            hint=f"pip install 'dragoman[{extra}]'" if extra else "pip install dragoman",
        )
