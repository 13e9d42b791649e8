"""From a model to a blob."""

import ctypes
import enum
import os

from .errors import FileError, OutOfMemory
from .library import LIBRARY, Options, error_of


class Flag(enum.IntFlag):
    """Flags of a compilation (nolfet.h)."""

    STRICT = 2
    ALLOW_UNPROVEN = 4
    CPU_ONLY = 8
    EXPOSE_ALL = 16


def contents(source) -> bytes:
    """The bytes of a file whose path is given, or those that are."""
    if not isinstance(source, (str, os.PathLike)):
        return bytes(source)
    try:
        with open(source, "rb") as file:
            return file.read()
    except OSError as error:
        raise FileError("FILE", str(source), "a file that can be read", error.strerror) from error


def compile(
    model, target: str, flags: int = 0, job_budget: int = 0, stop_at=None, statistics=b""
) -> bytes:
    """Compiles a TensorFlow Lite model for one core; gives the bytes of a `.nolf` file.

    model: the path of a `.tflite` file, or its bytes.
    target: the name of a core, such as "a311d" or "imx8mp".
    flags: of `Flag`. job_budget: jobs that all layers whose weights have a scale for each channel
    may have together. stop_at: the name of the tensor to end at. statistics: what `nolfet
    calibrate` wrote of the model.

    Raises NolfetError: BadModel, BadOption, FileError, OutOfMemory.
    """
    file = contents(model)
    options = Options(
        target=target.encode(),
        flags=int(flags),
        job_budget=job_budget,
        stop_at=stop_at.encode() if stop_at is not None else None,
    )
    kept = bytes(statistics)
    if kept:
        options.statistics = ctypes.cast(ctypes.c_char_p(kept), ctypes.c_void_p)
        options.statistics_bytes = len(kept)
    made = LIBRARY.nolfet_compile(file, len(file), options)
    if not made:
        raise OutOfMemory("OUT_OF_MEMORY", "", "memory for it", "none")
    try:
        result = made.contents
        if result.status != 0:
            raise error_of(result.status, result.error, result.fault)
        return ctypes.string_at(result.blob, result.bytes)
    finally:
        LIBRARY.nolfet_compilation_free(made)
