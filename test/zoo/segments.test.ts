import { test } from "uvu";
import * as assert from "uvu/assert";
import { compile } from "../../host/index.ts";
import { hasShared, readShared } from "../support/shared.ts";

// Networks of today stay in few pieces: each cut is a round trip over the bus.

/** The most segments on the NPU that a public model may fall into. */
const MOST: Record<string, number> = {
  "st-yolo11n_256_quant_pc_uf_od_coco-person-st": 4,
  "st-yolov8n_192_quant_pc_uf_od_coco-person-st": 2,
  "st-yolov8n_256_quant_pt_uf_pose_coco-st": 2,
  "nxp-dperson_shufflenetv2": 2,
  "infineon-MobileFaceNet": 1,
  "st-squeezenet_v1.0_128_int8": 1,
  "terryky-face_landmark_192_full_integer_quant": 1,
  "terryky-face_detection_front_128_full_integer_quant": 1,
};

for (const [name, most] of hasShared("public models") ? Object.entries(MOST) : []) {
  test(`${name}: at most ${most} segments on the NPU`, async () => {
    for (const target of ["a311d", "imx8mp"]) {
      const { report } = await compile(readShared(`zoo/${name}.tflite`), { target });
      const segments = report.segments.filter(({ placement }) => placement === "NPU");
      assert.ok(segments.length <= most, `${segments.length} on ${target}`);
    }
  });
}

test.run();
