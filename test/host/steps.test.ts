import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Blob, Segment } from "../../host/blob/blob.ts";
import { openBlob } from "../../host/blob/open.ts";
import type { Device } from "../../host/devices/device.ts";
import { compile } from "../../host/index.ts";
import { allocateValues, prepareStep } from "../../host/steps.ts";
import { convolutionModel } from "../../host/tflite/convolution.ts";
import { pixels } from "./models.ts";

const model = convolutionModel({ height: 8, width: 8, channels: 8 });
const blob = openBlob(await compile(model, { target: "a311d" }));
const segment = blob.segments[0] as Segment;

/** A device that adds one to every byte of its arena. */
function incrementer(bytes: number): Device {
  const arena = new Uint8Array(bytes);
  return {
    name: "incrementer",
    image: blob,
    isShared: false,
    busyMilliseconds: 0,
    arena: () => arena,
    submit: async () => arena.set(arena.map((byte) => byte + 1)),
    release: async () => {},
  };
}

/** The blob's first segment with one tensor of 512 bytes in, and one out of the same place. */
function echo(dtype: "uint8" | "int8"): { blob: Blob; segment: Segment } {
  const [input, output] = [segment.inputs[0]?.tensor ?? 0, segment.outputs[0]?.tensor ?? 0];
  const tensors = blob.tensors.map((tensor) => ({ ...tensor, dtype }));
  const place = { offset: 64, bytes: 512 };
  const inputs = [{ tensor: input, values: input, ...place }];
  const outputs = [{ tensor: output, values: output, ...place }];
  return { blob: { ...blob, tensors }, segment: { ...segment, inputs, outputs } };
}

for (const dtype of ["uint8", "int8"] as const) {
  test(`${dtype} values reach the device as unsigned bytes`, async () => {
    const { blob, segment } = echo(dtype);
    const values = allocateValues(blob);
    const device = incrementer(4096);
    const step = await prepareStep(blob, segment, values, { device });
    values.get(segment.inputs[0]?.tensor ?? 0)?.set(pixels(1));
    await step.run();
    const shift = dtype === "int8" ? 0x80 : 0;
    const seen = device.arena().subarray(64, 64 + 512);
    assert.equal(
      seen,
      pixels(1).map((byte) => (byte ^ shift) + 1),
    );
    assert.equal(
      values.get(segment.outputs[0]?.tensor ?? 0),
      seen.map((byte) => byte ^ shift),
    );
  });
}

test("a segment without operators does nothing", async () => {
  const empty: Segment = { ...segment, placement: "CPU", operators: [] };
  const step = await prepareStep(blob, empty, new Map(), {});
  assert.is(await step.run(), undefined);
});

test.run();
