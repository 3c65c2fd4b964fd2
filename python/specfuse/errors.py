"""What can go wrong, and what is doubtful."""


class DataError(ValueError):
    """A file or an array that is missing, or holds something else than was expected."""


class ConfigError(ValueError):
    """Options that are wrong, or contradict each other or the data."""


class RunError(RuntimeError):
    """A run that failed: the program's message, and its exit code as `code`."""

    def __init__(self, message, code):
        super().__init__(message)
        self.code = code


class SpecfuseWarning(UserWarning):
    """Why a result may be wrong."""
