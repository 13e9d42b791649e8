"""What fails, as one kind of exception with its parts."""


class NolfetError(Exception):
    """Anything that is not right with what nolfet was given.

    `code` names the kind of fault ("MALFORMED", "NO_DEVICE", ...), `location` says where it lies
    ("operator 3", or ""), `expected` and `found` what should have been there and what was.
    """

    def __init__(self, code: str, location: str, expected: str, found: str, text: str = ""):
        super().__init__(text or f"expected {expected}, found {found}")
        self.code = code
        self.location = location
        self.expected = expected
        self.found = found


class BadModel(NolfetError):
    """No model, a damaged one, or one that nolfet does not take."""


class BadBlob(NolfetError):
    """No `.nolf` file, a damaged one, or one that would do what is not known."""


class BadOption(NolfetError, ValueError):
    """A target that is not known, or options that do not go together."""


class BadInput(NolfetError, ValueError):
    """Arrays that do not fit the session's inputs."""


class UnsupportedOperator(NolfetError):
    """An operator left to the CPU that none of nolfet's kernels runs."""


class NoDevice(NolfetError):
    """No NPU, or none that the blob is for."""


class DeviceError(NolfetError):
    """A call that the kernel refused."""


class DeviceTimeout(DeviceError, TimeoutError):
    """A run that did not end in time: the session can only be closed."""


class FileError(NolfetError, OSError):
    """A file that cannot be read."""


class OutOfOrder(NolfetError):
    """A session that is closed, or whose last run has failed."""


class OutOfMemory(NolfetError, MemoryError):
    """Memory that is used up."""


class InternalError(NolfetError):
    """A fault of nolfet itself."""


#: By nolfet_status (nolfet.h); 0 is success.
BY_STATUS = [
    None,
    BadBlob,
    UnsupportedOperator,
    NoDevice,
    DeviceError,
    DeviceTimeout,
    FileError,
    OutOfOrder,
    BadModel,
    BadOption,
    OutOfMemory,
    InternalError,
]
