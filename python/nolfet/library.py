"""The functions of libnolfet (nolfet.h), for ctypes."""

import ctypes
import os
from ctypes import POINTER, c_char_p, c_float, c_int, c_int32, c_int64, c_size_t, c_uint32, c_void_p

from .errors import BY_STATUS

NAME = "libnolfet.so.0"


class Fault(ctypes.Structure):
    _fields_ = [
        ("code", c_char_p),
        ("location", c_char_p),
        ("expected", c_char_p),
        ("found", c_char_p),
    ]


class Options(ctypes.Structure):
    _fields_ = [
        ("target", c_char_p),
        ("flags", c_uint32),
        ("job_budget", c_uint32),
        ("stop_at", c_char_p),
        ("statistics", c_void_p),
        ("statistics_bytes", c_size_t),
    ]


class Compilation(ctypes.Structure):
    _fields_ = [
        ("status", c_int),
        ("blob", c_void_p),
        ("bytes", c_size_t),
        ("error", c_char_p),
        ("fault", Fault),
    ]


class TensorRecord(ctypes.Structure):
    _fields_ = [
        ("name", c_char_p),
        ("dtype", c_int),
        ("shape", POINTER(c_int32)),
        ("rank", c_size_t),
        ("scale", c_float),
        ("zero_point", c_int64),
        ("data", c_void_p),
        ("bytes", c_size_t),
    ]


class OperatorRecord(ctypes.Structure):
    _fields_ = [("name", c_char_p), ("on_npu", c_int), ("reason", c_char_p)]


Log = ctypes.CFUNCTYPE(None, c_void_p, c_char_p)

_FUNCTIONS = {
    "nolfet_version": (c_char_p, []),
    "nolfet_compile": (POINTER(Compilation), [c_char_p, c_size_t, POINTER(Options)]),
    "nolfet_compilation_free": (None, [POINTER(Compilation)]),
    "nolfet_open": (c_void_p, [c_char_p]),
    "nolfet_set_log": (None, [c_void_p, Log, c_void_p]),
    "nolfet_load": (c_int, [c_void_p, c_char_p, c_size_t]),
    "nolfet_input": (POINTER(TensorRecord), [c_void_p, c_size_t]),
    "nolfet_output": (POINTER(TensorRecord), [c_void_p, c_size_t]),
    "nolfet_run": (c_int, [c_void_p, c_uint32]),
    "nolfet_reset": (c_int, [c_void_p]),
    "nolfet_operator_at": (POINTER(OperatorRecord), [c_void_p, c_size_t]),
    "nolfet_error": (c_char_p, [c_void_p]),
    "nolfet_session_fault": (Fault, [c_void_p]),
    "nolfet_device": (c_char_p, [c_void_p]),
    "nolfet_close": (None, [c_void_p]),
}


def _open() -> ctypes.CDLL:
    """The library that $NOLFET_LIBRARY names, the one in the package, or the system's."""
    inside = os.path.join(os.path.dirname(__file__), NAME)
    path = os.environ.get("NOLFET_LIBRARY") or (inside if os.path.exists(inside) else NAME)
    library = ctypes.CDLL(path)
    for name, (result, arguments) in _FUNCTIONS.items():
        function = getattr(library, name)
        function.restype = result
        function.argtypes = arguments
    return library


LIBRARY = _open()


def version() -> str:
    """The version of the library."""
    return text(LIBRARY.nolfet_version())


def text(value) -> str:
    return (value or b"").decode("utf-8", "replace")


def error_of(status: int, words, fault: Fault):
    """The exception for a status other than 0."""
    parts = [text(part) for part in (fault.code, fault.location, fault.expected, fault.found)]
    return BY_STATUS[status](*parts, text(words))
