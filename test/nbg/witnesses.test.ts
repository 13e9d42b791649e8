import { test } from "uvu";
import * as assert from "uvu/assert";
import { emulatorFor } from "../support/emulator.ts";
import { hasShared } from "../support/shared.ts";
import {
  decodeKernels,
  decodeRows,
  fullyConnectedStreams,
  networkOf,
  nnStreams,
  planeOf,
  type Stream,
  VENDOR_FILES,
  type VendorFile,
} from "./streams.ts";

// Two files hold one float network, quantized alike, for cores that code coefficients in two ways:
// what two decoders make of them must agree.

const [S905D3, VIP9000] = ["s905d3-mobilenet_v1-uint8.nb", "0xb9-mobilenet_v1-uint8.nb"].map(
  (name) => VENDOR_FILES.find((file) => file.name === name),
) as [VendorFile, VendorFile];

/** The 27 convolutions; what follows them in the newer file is its average over the image. */
const LAYERS = 27;
const MOST_DIFFERENT = 0.001;

type Kernels = Map<number, Int16Array>;

if (hasShared("MobileNetV1 of two cores")) {
  test("MobileNetV1 of the S905D3 and of the VIP9000 has the same kernels", async () => {
    const emulator = await emulatorFor("vipnano-qi.a311d");
    const byOutput = (file: VendorFile, stream: Stream): Kernels => {
      const { kernels } = decodeKernels(emulator, stream, file);
      return new Map(
        kernels.map(({ output, weights }) => [(output as number) / planeOf(stream), weights]),
      );
    };
    const [older, newer] = [S905D3, VIP9000].map((file) => nnStreams(networkOf(file))) as [
      Stream[],
      Stream[],
    ];
    let [compared, different] = [0, 0];
    for (let layer = 0; layer < LAYERS; layer++) {
      const a = byOutput(S905D3, older[layer] as Stream);
      const b = byOutput(VIP9000, newer[layer] as Stream);
      assert.is(a.size, b.size, `layer ${layer}`);
      for (const [output, weights] of a) {
        compared++;
        if (!isEqual(weights, b.get(output) as Int16Array)) different++;
      }
    }
    assert.is(compared, 10_944);
    console.log(`${compared - different} of ${compared} kernels agree`);
    assert.ok(different <= compared * MOST_DIFFERENT, `${different} of ${compared} differ`);
  });

  test("and the same weights in its last layer, which the TP unit computes", async () => {
    const emulator = await emulatorFor("vipnano-qi.a311d");
    const rowsOf = (file: VendorFile) =>
      fullyConnectedStreams(networkOf(file)).map((stream) =>
        decodeRows(emulator, stream, file).rows.map((row) => [...row]),
      );
    const [a, b] = [rowsOf(S905D3), rowsOf(VIP9000)];
    assert.is(a.flat(2).length, 1024 * 1001);
    assert.equal(a, b);
  });
}

function isEqual(a: Int16Array, b: Int16Array): boolean {
  return Buffer.compare(Buffer.from(a.buffer), Buffer.from(b.buffer)) === 0;
}

test.run();
