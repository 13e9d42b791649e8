import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { valuesOf } from "../../host/dtype.ts";
import {
  classNamer,
  compile,
  type Detections,
  interpret,
  pixelMapping,
  readPicture,
  Session,
} from "../../host/index.ts";
import { overlap } from "../../host/results/suppress.ts";
import { Reference } from "../support/reference.ts";
import { hasShared, readShared, SHARED } from "../support/shared.ts";

// What networks find in real pictures: names, and boxes against those that the reference kernels'
// outputs give through the same decoder.

const LEAST_OVERLAP = 0.8;

const CASES = [
  {
    model: "models/ssdlite_mobiledet_coco_qat_postprocess",
    picture: "grace_hopper",
    name: "person",
  },
  { model: "models/ssdlite_mobiledet_coco_qat_postprocess", picture: "cat", name: "cat" },
  {
    model: "zoo/st-yolov8n_256_quant_pc_uf_od_coco-person",
    picture: "grace_hopper",
    name: "class 0",
  },
  { model: "zoo/st-yolov8n_256_quant_pt_uf_pose_coco-st", picture: "grace_hopper", name: "person" },
];

for (const { model, picture, name } of CASES) {
  test(`${model} finds the ${name} of ${picture}`, async () => {
    if (!hasShared("detections in pictures")) return;
    const bytes = new Uint8Array(readFileSync(join(SHARED, `${model}.tflite`)));
    const session = await Session.create(await compile(bytes, { target: "imx8mp" }), {
      device: "emulator",
    });
    const reference = new Reference("reference");
    try {
      const [input] = session.inputs;
      assert.ok(input);
      const mapping = pixelMapping(input);
      const file = new Uint8Array(readFileSync(join(SHARED, `images/${picture}.bmp`)));
      const pixels = mapping.apply(await readPicture(file, mapping));
      const interpreted = (outputs: Parameters<typeof interpret>[0]) =>
        interpret(outputs, session.outputs, session.inputs) as Detections;
      const found = interpreted(await session.run({ [input.name]: pixels }));
      const [best] = found.detections;
      assert.ok(best);
      assert.is(classNamer(found)(best.class), name);

      const truth = isRecorded(model)
        ? recorded(model, picture)
        : await reference.run(bytes, [new Uint8Array(pixels.buffer)]);
      const expected = interpreted(
        Object.fromEntries(
          session.outputs.map(({ name, dtype }, i) => [
            name,
            valuesOf(dtype, truth[i] as Uint8Array),
          ]),
        ),
      );
      const same = expected.detections.find(({ class: index }) => index === best.class);
      assert.ok(same);
      const shared = overlap(best.box, same.box);
      console.log(`${model}, ${picture}: overlap ${shared.toFixed(3)}, score ${best.score}`);
      assert.ok(shared >= LEAST_OVERLAP, `${best.box} for ${same.box}`);
    } finally {
      reference.close();
      await session.release();
    }
  });
}

/** LiteRT does not load this network; its outputs are among the references. */
function isRecorded(model: string): boolean {
  return model.includes("mobiledet");
}

function recorded(model: string, picture: string): Uint8Array[] {
  return Array.from({ length: 4 }, (_, i) =>
    readShared(`reference/pictures/${basename(model)}.${picture}.out${i}.bin.gz`).slice(),
  );
}

test.run();
