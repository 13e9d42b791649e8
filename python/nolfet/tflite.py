"""An `Interpreter` with the methods of tflite_runtime's, so that a script changes one import:

    from nolfet.tflite import Interpreter
"""

import os
from typing import Any, Dict, List, Optional

import numpy

from .compiler import Flag, compile, contents
from .session import Session, Tensor

_MAGIC = b"NOLF"


class Interpreter:
    """Runs a model as tflite_runtime.interpreter.Interpreter does.

    model_path, model_content: a `.tflite` model, or a `.nolf` blob compiled before.
    target: the core to compile a model for; if left out, $NOLFET_TARGET, or "a311d".
    device: as Session's; if left out, $NOLFET_DEVICE.

    Other arguments of TFLite's (num_threads, experimental_delegates) are taken and change nothing.
    Tensors have the indices 0 and up: inputs first, then outputs. Raises NolfetError.
    """

    def __init__(
        self,
        model_path: Optional[str] = None,
        model_content: Optional[bytes] = None,
        num_threads: Optional[int] = None,
        experimental_delegates: Optional[List[Any]] = None,
        *,
        target: Optional[str] = None,
        device: Optional[str] = None,
        allow_unproven: bool = False,
        job_budget: int = 0,
        **_: Any,
    ):
        if (model_path is None) == (model_content is None):
            raise ValueError("expected one of model_path and model_content")
        file = contents(model_content if model_path is None else model_path)
        if file[4:8] != _MAGIC:
            wanted = target or os.environ.get("NOLFET_TARGET") or "a311d"
            flags = Flag.ALLOW_UNPROVEN if allow_unproven else Flag(0)
            file = compile(file, wanted, flags, job_budget)
        self._session = Session(file, device or os.environ.get("NOLFET_DEVICE") or None)
        tensors = self._session.inputs + self._session.outputs
        self._views = self._session._input_views + self._session._output_views
        self._details = [_details(i, tensor) for i, tensor in enumerate(tensors)]

    def allocate_tensors(self) -> None:
        """Does nothing: the session holds all memory from the beginning."""

    def get_input_details(self) -> List[Dict[str, Any]]:
        return self._details[: len(self._session.inputs)]

    def get_output_details(self) -> List[Dict[str, Any]]:
        return self._details[len(self._session.inputs) :]

    def get_tensor_details(self) -> List[Dict[str, Any]]:
        return self._details

    def set_tensor(self, tensor_index: int, value: numpy.ndarray) -> None:
        """Copies an array into an input. Raises ValueError where shape or dtype are others."""
        view = self._views[tensor_index]
        array = numpy.asarray(value)
        if array.dtype != view.dtype:
            raise ValueError(f"expected values of {view.dtype}, found {array.dtype}")
        if array.shape != view.shape:
            raise ValueError(f"expected the shape {view.shape}, found {array.shape}")
        view[...] = array

    def get_tensor(self, tensor_index: int) -> numpy.ndarray:
        """A copy of an input or output."""
        return self._views[tensor_index].copy()

    def tensor(self, tensor_index: int):
        """A function that gives an array over the tensor's own memory."""
        return lambda: self._views[tensor_index]

    def invoke(self) -> None:
        self._session.invoke()

    def resize_tensor_input(self, input_index: int, tensor_size, strict: bool = False) -> None:
        """Takes the size that the input has; others need another model."""
        shape = tuple(int(extent) for extent in tensor_size)
        if shape != self._views[input_index].shape:
            expected = self._views[input_index].shape
            raise ValueError(f"expected the shape {expected}, found {shape}: nolfet's are fixed")

    def reset_all_variables(self) -> None:
        self._session.reset()

    def get_signature_list(self) -> Dict[str, Any]:
        return {}

    def close(self) -> None:
        """Frees the session; no tensor may be used afterwards."""
        self._views = []
        self._session.close()


def load_delegate(library: str, options: Optional[Dict[str, Any]] = None) -> None:
    """Instead of TFLite's. nolfet needs no delegate, and returns none."""


def _details(index: int, tensor: Tensor) -> Dict[str, Any]:
    has_scale = tensor.scale != 0
    return {
        "name": tensor.name,
        "index": index,
        "shape": numpy.array(tensor.shape, dtype=numpy.int32),
        "shape_signature": numpy.array(tensor.shape, dtype=numpy.int32),
        "dtype": tensor.dtype.type,
        "quantization": (tensor.scale, tensor.zero_point),
        "quantization_parameters": {
            "scales": numpy.array([tensor.scale] if has_scale else [], dtype=numpy.float32),
            "zero_points": numpy.array([tensor.zero_point] if has_scale else [], dtype=numpy.int32),
            "quantized_dimension": 0,
        },
        "sparsity_parameters": {},
    }
