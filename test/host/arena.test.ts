import { test } from "uvu";
import * as assert from "uvu/assert";
import { openEmulator } from "../../host/devices/emulated.ts";
import { compile, openBlob } from "../../host/index.ts";
import { MODELS } from "../support/models.ts";
import { Random } from "../support/random.ts";

// Sessions leave in the arena what a run has left there: no job may depend on it.

const NETWORKS = [
  "digits",
  "mobilenet_v1_0.25_128_quant",
  "ssdlite_mobiledet_coco_qat_postprocess",
];

/** What the segments give for the same inputs, all other memory filled by `fill`. */
async function outputsOf(bytes: Uint8Array, fill: (arena: Uint8Array) => void) {
  const blob = openBlob(bytes);
  const device = await openEmulator(blob);
  const outputs: Uint8Array[] = [];
  for (const { placement, inputs, outputs: bound, stream } of blob.segments) {
    if (placement === "CPU") continue;
    const random = new Random(3);
    fill(device.arena());
    for (const { offset, bytes } of inputs) device.arena().set(random.bytes(bytes), offset);
    await device.submit(stream);
    for (const { offset, bytes } of bound) {
      outputs.push(device.arena().slice(offset, offset + bytes));
    }
  }
  return outputs;
}

for (const target of ["a311d", "imx8mp"]) {
  for (const network of NETWORKS.filter((name) => MODELS[name])) {
    test(`${network} on ${target}, whatever is in memory`, async () => {
      const blob = await compile((MODELS[network] as () => Uint8Array)(), { target });
      const clean = await outputsOf(blob, (arena) => arena.fill(0));
      const random = new Random(9);
      const dirty = await outputsOf(blob, (arena) => arena.set(random.bytes(arena.length)));
      assert.ok(
        clean.length > 0 &&
          clean.every((one, i) => Buffer.compare(one, dirty[i] as Uint8Array) === 0),
      );
    });
  }
}

test.run();
