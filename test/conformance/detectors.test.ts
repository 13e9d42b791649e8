import { test } from "uvu";
import * as assert from "uvu/assert";
import { compile, Session } from "../../host/index.ts";
import { hasShared, readShared } from "../support/shared.ts";

// Networks that find and label things, on real pictures, against TFLite's reference kernels.

const TARGETS = ["a311d", "imx8mp"];
const PICTURES = ["cat", "grace_hopper"];

const MOBILEDET = "ssdlite_mobiledet_coco_qat_postprocess";
const DEEPLAB = "deeplabv3_mnv2_dm05_pascal_quant";
const SIZES: Record<string, string> = {
  [MOBILEDET]: "320x320",
  [DEEPLAB]: "513x513",
};

/** Detections that count, and how far they may be from TFLite's. */
const SURE = 0.5;
const SCORE_DIFFERENCE = 0.06;
const BOX_DIFFERENCE = 0.02;

for (const target of TARGETS) {
  test(`MobileDet on ${target} finds what TFLite finds`, async () => {
    if (!hasShared(`MobileDet on ${target}`)) return;
    for (const picture of PICTURES) {
      const found = detections(await run(MOBILEDET, target, picture));
      const expected = detections(reference(MOBILEDET, picture, 3));
      const sure = expected.filter(({ score }) => score >= SURE);
      assert.ok(sure.length > 0);
      for (const detection of sure) {
        assert.ok(
          found.some((other) => isSame(detection, other)),
          `${picture}: ${JSON.stringify(detection)} among ${JSON.stringify(found.slice(0, 5))}`,
        );
      }
    }
  });

  test(`deeplab on ${target} gives nearly all pixels TFLite's label`, async () => {
    if (!hasShared(`deeplab on ${target}`)) return;
    for (const picture of PICTURES) {
      const labels = integers((await run(DEEPLAB, target, picture))[0] as Uint8Array);
      const expected = integers(reference(DEEPLAB, picture, 1)[0] as Uint8Array);
      const equal = labels.filter((label, i) => label === expected[i]).length / expected.length;
      console.log(`${target}, ${picture}: ${(100 * equal).toFixed(2)} % of the labels equal`);
      assert.ok(equal >= 0.99);
    }
  });
}

interface Detection {
  box: number[];
  category: number;
  score: number;
}

/** Of the outputs boxes, classes, scores and count. */
function detections([boxes, classes, scores]: Uint8Array[]): Detection[] {
  const corners = floats(boxes as Uint8Array);
  const categories = floats(classes as Uint8Array);
  return [...floats(scores as Uint8Array)].map((score, i) => ({
    box: [...corners.subarray(4 * i, 4 * i + 4)],
    category: categories[i] as number,
    score,
  }));
}

function isSame(a: Detection, b: Detection): boolean {
  return (
    a.category === b.category &&
    Math.abs(a.score - b.score) <= SCORE_DIFFERENCE &&
    a.box.every((corner, i) => Math.abs(corner - (b.box[i] as number)) <= BOX_DIFFERENCE)
  );
}

/** The bytes of all outputs. */
async function run(name: string, target: string, picture: string): Promise<Uint8Array[]> {
  const blob = await compile(readShared(`models/${name}.tflite`), { target });
  const session = await Session.create(blob, { device: "emulator" });
  try {
    const pixels = readShared(`images/${picture}-${SIZES[name]}.rgb.gz`);
    const outputs = await session.run({ [session.inputs[0]?.name ?? ""]: pixels });
    return session.outputs.map(({ name }) => {
      const { buffer, byteOffset, byteLength } = outputs[name] as Uint8Array;
      return new Uint8Array(buffer, byteOffset, byteLength).slice();
    });
  } finally {
    await session.release();
  }
}

function reference(name: string, picture: string, outputs: number): Uint8Array[] {
  return Array.from({ length: outputs }, (_, i) =>
    readShared(`reference/pictures/${name}.${picture}.out${i}.bin.gz`).slice(),
  );
}

function floats(bytes: Uint8Array): Float32Array {
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
}

function integers(bytes: Uint8Array): BigInt64Array {
  return new BigInt64Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 8);
}

test.run();
