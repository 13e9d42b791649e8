import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { readPicture } from "../../host/index.ts";
import { colourOf } from "../../host/results/palette.ts";
import { hasShared, SHARED } from "../support/shared.ts";
import { nolfet, temporaryFolder } from "./nolfet.ts";

// What `run --image` says and draws of what a detector and a segmenter found.

const DETECTOR = join(SHARED, "zoo/st-yolov8n_256_quant_pt_uf_pose_coco-st.tflite");
const SEGMENTER = join(SHARED, "models/deeplabv3_mnv2_dm05_pascal_quant.tflite");
const HOPPER = join(SHARED, "images/grace_hopper.bmp");
const CAT = join(SHARED, "images/cat.bmp");
const { folder, remove } = temporaryFolder();

test("a person is named, scored, and boxed in parts of the picture", async () => {
  if (!hasShared("drawings of detections")) return;
  const drawn = join(folder, "drawn.png");
  const command = ["run", DETECTOR, "--image", HOPPER, "-t", "imx8mp", "-o", drawn, "--json"];
  const { code, stdout } = await nolfet(command, folder);
  assert.is(code, 0);
  const { detections, files } = JSON.parse(stdout);
  assert.equal(files, [drawn]);
  assert.is(detections.length, 1);
  const [{ name, class: index, score, box, points }] = detections;
  assert.equal([name, index, points.length], ["person", 0, 17]);
  assert.ok(score > 0.9 && score <= 1);
  const [top, left, bottom, right] = box;
  assert.ok(top < 0.1 && left < 0.1 && bottom > 0.9 && right > 0.9, `${box}`);

  // The left edge of the box is drawn half way down, in the class's colour.
  const size = { width: 512, height: 600, channels: 3 } as const;
  const { data } = await readPicture(new Uint8Array(readFileSync(drawn)), size);
  const row = 300;
  const column = Math.round(left * size.width) + 1;
  const at = 3 * (row * size.width + column);
  const before = await readPicture(new Uint8Array(readFileSync(HOPPER)), size);
  const distance = (pixels: Uint8Array) =>
    Math.hypot(...colourOf(0).map((value, c) => value - (pixels[at + c] as number)));
  assert.ok(distance(data) < distance(before.data) / 2);
});

test("a mask is told by the share of each class", async () => {
  if (!hasShared("masks")) return;
  const { code, stdout } = await nolfet(["run", SEGMENTER, "--image", CAT], folder);
  assert.is(code, 0);
  assert.match(stdout, /\nbackground +5\d\.\d %\ncat +4\d\.\d %\n/);
});

test("options that need a picture, or something to draw, say so", async () => {
  if (!hasShared("wrong options of drawings")) return;
  const digits = "models/digits/digits_uint8.tflite";
  const sample = "models/digits/samples/7.png";
  writeFileSync(join(folder, "pixels.bin"), new Uint8Array(28 * 28));
  const root = process.cwd();
  for (const [args, message] of [
    [
      ["run", digits, "--input", join(folder, "pixels.bin"), "--decoder", "mask"],
      /--decoder with --input/,
    ],
    [
      ["run", digits, "--image", sample, "--decoder", "mask"],
      /expected those of a class for each pixel/,
    ],
    [["run", digits, "--image", sample, "-o", join(folder, "no.png")], /no decoder knows/],
    [["run", digits, "--image", sample, "-o", sample], /is read/],
  ] as const) {
    const { code, stderr } = await nolfet([...args], root);
    assert.is(code, 2);
    assert.match(stderr, message);
  }
});

test.after(remove);
test.run();
