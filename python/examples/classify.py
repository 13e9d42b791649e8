#!/usr/bin/env python3
"""Classifies a picture: the five best classes, with labels.

    python3 classify.py --model mobilenet_v1_1.0_224_quant.tflite --labels labels.txt cat.jpg
"""

import argparse
import time

import numpy

from nolfet.tflite import Interpreter


def picture(path, height, width, channels):
    """A picture as height x width x channels bytes. PGM and PPM files need no Pillow."""
    if path.endswith((".pgm", ".ppm")):
        with open(path, "rb") as file:
            kind, size, _, pixels = file.read().split(b"\n", 3)
        columns, rows = (int(number) for number in size.split())
        array = numpy.frombuffer(pixels, numpy.uint8).reshape(rows, columns, -1)
        down = (numpy.arange(height) + 0.5) * rows // height
        right = (numpy.arange(width) + 0.5) * columns // width
        array = array[down.astype(int)][:, right.astype(int)]
        return array if array.shape[2] == channels else array.mean(2, keepdims=True).astype("uint8")
    from PIL import Image

    mode = "L" if channels == 1 else "RGB"
    image = Image.open(path).convert(mode).resize((width, height), Image.BILINEAR)
    return numpy.asarray(image, numpy.uint8).reshape(height, width, channels)


def scores(output, details):
    """An output's real values."""
    scale, zero_point = details["quantization"]
    return (output.astype(numpy.float32) - zero_point) * scale if scale else output


def lines_of(path):
    with open(path) as file:
        return file.read().splitlines()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("picture")
    parser.add_argument("-m", "--model", required=True, help="a .tflite model or a .nolf blob")
    parser.add_argument("-l", "--labels", help="a file with a label on each line")
    parser.add_argument("-t", "--target", help="the core to compile a model for: a311d, imx8mp")
    parser.add_argument("-d", "--device", help='a render node, or "emulator"')
    options = parser.parse_args()

    interpreter = Interpreter(options.model, target=options.target, device=options.device)
    interpreter.allocate_tensors()
    given, computed = interpreter.get_input_details()[0], interpreter.get_output_details()[0]

    _, height, width, channels = given["shape"]
    pixels = picture(options.picture, height, width, channels)
    if given["dtype"] == numpy.int8:
        pixels = (pixels ^ 0x80).view(numpy.int8)
    interpreter.set_tensor(given["index"], pixels[numpy.newaxis])
    begin = time.monotonic()
    interpreter.invoke()
    milliseconds = (time.monotonic() - begin) * 1000

    values = scores(interpreter.get_tensor(computed["index"]), computed).ravel()
    labels = lines_of(options.labels) if options.labels else []
    for index in numpy.argsort(-values, kind="stable")[:5]:
        label = labels[index] if index < len(labels) else f"class {index}"
        print(f"{values[index]:.4f}  {label}")
    print(f"{milliseconds:.1f} ms")


if __name__ == "__main__":
    main()
