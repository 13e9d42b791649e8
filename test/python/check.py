"""What test/python/python.test.ts asks of the package: the folder with model and values is given."""

import gc
import json
import pathlib
import sys
import unittest
import weakref

import numpy

import nolfet
from nolfet import errors
from nolfet.tflite import Interpreter

FOLDER = pathlib.Path(sys.argv.pop(1))
KNOWN = json.loads((FOLDER / "known.json").read_text())
MODEL = FOLDER / "model.tflite"


def values(name, tensor):
    return numpy.frombuffer((FOLDER / name).read_bytes(), tensor.dtype).reshape(tensor.shape)


class Package(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.blob = nolfet.compile(MODEL, target="a311d")

    def test_version(self):
        self.assertEqual(nolfet.__version__, KNOWN["version"])

    def test_blob_is_that_of_the_wasm_compiler(self):
        self.assertEqual(self.blob, (FOLDER / "blob.nolf").read_bytes())
        self.assertEqual(nolfet.compile(MODEL.read_bytes(), "vim3"), self.blob)

    def test_session(self):
        lines = []
        with nolfet.Session(self.blob, device="emulator", log=lines.append) as session:
            self.assertEqual([t.name for t in session.inputs], KNOWN["inputs"])
            self.assertEqual([t.name for t in session.outputs], KNOWN["outputs"])
            feeds = {t.name: values(f"in{i}", t) for i, t in enumerate(session.inputs)}
            for _ in range(2):
                found = session.run(feeds)
                for i, tensor in enumerate(session.outputs):
                    numpy.testing.assert_array_equal(found[tensor.name], values(f"out{i}", tensor))
            self.assertEqual(session.device, "emulator")
            self.assertEqual([o.name for o in session.operators], KNOWN["operators"])
            kept = found[session.outputs[0].name]
            before = kept.copy()
        numpy.testing.assert_array_equal(kept, before)  # its own memory
        self.assertRegex(lines[0], r"^\d+ of \d+ operators on emulator$")
        self.assertRegex(lines[1], r"SOFTMAX on the CPU: .")

    def test_views(self):
        with nolfet.Session(self.blob, device="emulator") as session:
            given, computed = session.inputs[0], session.outputs[0]
            session.views[given.name][...] = values("in0", given)
            session.invoke()
            numpy.testing.assert_array_equal(session.views[computed.name], values("out0", computed))
        with self.assertRaises(errors.OutOfOrder):
            session.views

    def test_inputs_that_do_not_fit(self):
        with nolfet.Session(self.blob, device="emulator") as session:
            tensor = session.inputs[0]
            right = values("in0", tensor)
            for feeds in [
                {},
                {"nothing": right},
                {tensor.name: right, "nothing": right},
                {tensor.name: right.astype(numpy.float32)},
                {tensor.name: right.ravel()[1:]},
            ]:
                with self.assertRaises(errors.BadInput):
                    session.run(feeds)
            session.run({tensor.name: right.ravel()})

    def test_errors(self):
        with self.assertRaises(errors.BadModel) as caught:
            nolfet.compile(b"abc", "a311d")
        self.assertEqual(caught.exception.code, "TRUNCATED")
        self.assertEqual(caught.exception.found, "3 bytes")
        with self.assertRaises(errors.BadOption):
            nolfet.compile(MODEL, "nothing")
        with self.assertRaises(errors.BadOption):
            nolfet.compile(MODEL, "a311d", nolfet.Flag.STRICT | nolfet.Flag.ALLOW_UNPROVEN)
        with self.assertRaises(errors.FileError):
            nolfet.compile(FOLDER / "nothing", "a311d")
        with self.assertRaises(errors.BadBlob):
            nolfet.Session(self.blob[:1000], device="emulator")
        with self.assertRaises(errors.NoDevice):
            nolfet.Session(self.blob, device="/nowhere")

    def test_closed_sessions(self):
        session = nolfet.Session(self.blob, device="emulator")
        session.close()
        session.close()
        with self.assertRaises(errors.OutOfOrder):
            session.run({t.name: values("in0", t) for t in session.inputs})
        session = nolfet.Session(self.blob, device="emulator")
        gone = weakref.ref(session)
        del session
        gc.collect()
        self.assertIsNone(gone())

    def test_interpreter(self):
        for options in [
            {"model_path": str(MODEL), "target": "a311d"},
            {"model_content": self.blob, "num_threads": 2},
        ]:
            interpreter = Interpreter(device="emulator", **options)
            interpreter.allocate_tensors()
            given = interpreter.get_input_details()[0]
            computed = interpreter.get_output_details()[0]
            self.assertEqual(given["name"], KNOWN["inputs"][0])
            pixels = numpy.frombuffer((FOLDER / "in0").read_bytes(), given["dtype"])
            interpreter.set_tensor(given["index"], pixels.reshape(given["shape"]))
            interpreter.invoke()
            found = interpreter.get_tensor(computed["index"])
            self.assertEqual(found.tobytes(), (FOLDER / "out0").read_bytes())
            self.assertEqual(found.dtype, computed["dtype"])
            scale, _ = computed["quantization"]
            self.assertGreater(scale, 0)
            for wrong in [pixels, pixels.reshape(given["shape"]).astype(numpy.float32)]:
                with self.assertRaises(ValueError):
                    interpreter.set_tensor(given["index"], wrong)
            interpreter.close()


if __name__ == "__main__":
    unittest.main()
