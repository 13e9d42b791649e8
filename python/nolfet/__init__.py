"""Compile TensorFlow Lite models for VeriSilicon/Vivante NPUs, and run them there.

    import nolfet
    blob = nolfet.compile("model.tflite", target="a311d")
    with nolfet.Session(blob) as session:
        outputs = session.run({session.inputs[0].name: pixels})
"""

from .compiler import Flag, compile
from .errors import NolfetError
from .library import version
from .session import Operator, Session, Tensor

__version__ = version()
__all__ = ["Flag", "NolfetError", "Operator", "Session", "Tensor", "compile", "version"]
