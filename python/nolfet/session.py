"""A network ready to run."""

import ctypes
import threading
from typing import Callable, Dict, List, Mapping, NamedTuple, Optional, Tuple

import numpy

from .compiler import contents
from .errors import BadInput, OutOfMemory, OutOfOrder
from .library import LIBRARY, Log, error_of, text

#: By nolfet_dtype (nolfet.h).
DTYPES = [
    numpy.dtype(name)
    for name in "uint8 int8 int16 int32 int64 float16 float32 float64 bool".split()
]


class Tensor(NamedTuple):
    """An input or output: NHWC. Its real values are scale * (element - zero_point); the scale is 0
    where there is none, or more than one."""

    name: str
    shape: Tuple[int, ...]
    dtype: numpy.dtype
    scale: float
    zero_point: int


class Operator(NamedTuple):
    """An operator of the model, and why it is left to the CPU where it is."""

    name: str
    on_npu: bool
    reason: str


class Session:
    """A blob, loaded into a device. Runs of one session follow each other; sessions know nothing of
    each other. Close it, or use it in a `with` statement.
    """

    def __init__(
        self,
        blob,
        device: Optional[str] = None,
        timeout: float = 10.0,
        log: Optional[Callable[[str], None]] = None,
    ):
        """Loads a blob.

        blob: the path of a `.nolf` file, or its bytes.
        device: the path of a render node, "emulator", or None for the first node that fits.
        timeout: seconds that a run may take.
        log: is called with lines that say where the operators run, and why.

        Raises NolfetError: BadBlob, NoDevice, UnsupportedOperator, DeviceError, FileError.
        """
        self._handle = None
        self._lock = threading.Lock()
        self._timeout = max(1, min(int(timeout * 1000), 2**31 - 1))
        bytes_of_blob = contents(blob)
        handle = LIBRARY.nolfet_open(device.encode() if device is not None else None)
        if not handle:
            raise OutOfMemory("OUT_OF_MEMORY", "", "memory for it", "none")
        self._handle = handle
        self._log = Log(lambda _, line: log(text(line))) if log else Log()
        LIBRARY.nolfet_set_log(handle, self._log, None)
        try:
            self._check(LIBRARY.nolfet_load(handle, bytes_of_blob, len(bytes_of_blob)))
            self.inputs, self._input_views = self._tensors(LIBRARY.nolfet_input)
            self.outputs, self._output_views = self._tensors(LIBRARY.nolfet_output)
            self.device: str = text(LIBRARY.nolfet_device(handle))
            self.operators: List[Operator] = self._operators()
        except BaseException:
            self.close()
            raise

    @property
    def views(self) -> Dict[str, numpy.ndarray]:
        """By name, arrays over the very memory of inputs and outputs, where no copy is needed. Write
        an input's before each run; an output's is good until the next one. None of them may be used
        after `close`.
        """
        self._require_open()
        names = [tensor.name for tensor in self.inputs + self.outputs]
        return dict(zip(names, self._input_views + self._output_views))

    def run(self, feeds: Mapping[str, numpy.ndarray]) -> Dict[str, numpy.ndarray]:
        """Runs the network once, on the values of every input by its name; an array must have the
        input's dtype and as many elements. Gives new arrays of all outputs by name.

        Raises BadInput, DeviceError, DeviceTimeout, OutOfOrder.
        """
        unknown = set(feeds) - {tensor.name for tensor in self.inputs}
        if unknown:
            names = ", ".join(repr(tensor.name) for tensor in self.inputs)
            raise BadInput("BAD_INPUT", "", f"inputs {names}", repr(sorted(unknown)[0]))
        arrays = [self._fitting(tensor, feeds) for tensor in self.inputs]
        with self._lock:
            self._require_open()
            for array, view in zip(arrays, self._input_views):
                if array.ctypes.data != view.ctypes.data:
                    view[...] = array.reshape(view.shape)
            self._check(LIBRARY.nolfet_run(self._handle, self._timeout))
            return {
                tensor.name: view.copy()
                for tensor, view in zip(self.outputs, self._output_views)
            }

    def invoke(self) -> None:
        """Runs the network once over what lies in the views."""
        with self._lock:
            self._require_open()
            self._check(LIBRARY.nolfet_run(self._handle, self._timeout))

    def reset(self) -> None:
        """Brings what the model keeps between runs back to what the first run began with."""
        with self._lock:
            self._require_open()
            self._check(LIBRARY.nolfet_reset(self._handle))

    def close(self) -> None:
        """Frees all that the session holds."""
        with self._lock:
            handle, self._handle = self._handle, None
            self._input_views = self._output_views = []
            if handle:
                LIBRARY.nolfet_close(handle)

    def __enter__(self) -> "Session":
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def __del__(self) -> None:
        if getattr(self, "_handle", None):
            self.close()

    def _require_open(self) -> None:
        if not self._handle:
            raise OutOfOrder("OUT_OF_ORDER", "", "an open session", "a closed one")

    def _check(self, status: int) -> None:
        if status != 0:
            fault = LIBRARY.nolfet_session_fault(self._handle)
            raise error_of(status, LIBRARY.nolfet_error(self._handle), fault)

    def _tensors(self, function) -> Tuple[List[Tensor], List[numpy.ndarray]]:
        tensors, views = [], []
        while record := function(self._handle, len(tensors)):
            one = record.contents
            shape = tuple(one.shape[i] for i in range(one.rank))
            dtype = DTYPES[one.dtype]
            scale = float(one.scale)
            tensors.append(Tensor(text(one.name), shape, dtype, scale, int(one.zero_point)))
            memory = (ctypes.c_uint8 * one.bytes).from_address(one.data) if one.bytes else b""
            views.append(numpy.frombuffer(memory, dtype=dtype).reshape(shape))
        return tensors, views

    def _operators(self) -> List[Operator]:
        operators: List[Operator] = []
        while record := LIBRARY.nolfet_operator_at(self._handle, len(operators)):
            one = record.contents
            operators.append(Operator(text(one.name), bool(one.on_npu), text(one.reason)))
        return operators

    def _fitting(self, tensor: Tensor, feeds: Mapping[str, numpy.ndarray]) -> numpy.ndarray:
        location = f"input {tensor.name!r}"
        if tensor.name not in feeds:
            raise BadInput("BAD_INPUT", location, "an array", "none")
        array = numpy.asarray(feeds[tensor.name])
        count = int(numpy.prod(tensor.shape, dtype=numpy.int64))
        if array.dtype != tensor.dtype or array.size != count:
            expected = f"{count} elements of {tensor.dtype}, shape {tensor.shape}"
            found = f"{array.size} of {array.dtype}, shape {array.shape}"
            words = f"{location}: expected {expected}, found {found}"
            raise BadInput("BAD_INPUT", location, expected, found, words)
        return array
