import { test } from "uvu";
import * as assert from "uvu/assert";
import { compile } from "../../host/index.ts";
import { compare } from "../support/compare.ts";
import { type OperatorLayer, operatorLayer } from "../support/operator-layer.ts";
import { Random } from "../support/random.ts";
import { runModel } from "../support/runs.ts";

// How averages are rounded, against the CPU kernels: the NPU rounds once, from its zero point.
// Shares are of all elements; none is more than one step off.

const TARGETS = ["a311d", "imx8mp"];
const RUNS = 6;
const CHANNELS = 32;

interface Case {
  what: string;
  layer: OperatorLayer;
  /** The values, from the zero point. */
  values: [least: number, most: number];
  /** That may differ. */
  share: number;
}

const RECTIFIED: Case["values"] = [0, 100];
const CENTRED: Case["values"] = [-60, 60];

function pool(
  dtype: OperatorLayer["dtype"],
  zeroPoint: number,
  side: number,
  window: number,
  isSame = false,
): OperatorLayer {
  const outputs = isSame ? side : side / window;
  const stride = isSame ? 1 : window;
  return {
    operator: "AVERAGE_POOL_2D",
    dtype,
    from: [1, side, side, CHANNELS],
    to: [1, outputs, outputs, CHANNELS],
    options: {
      padding: isSame ? 0 : 1,
      stride_h: stride,
      stride_w: stride,
      filter_height: window,
      filter_width: window,
    },
    input: { scale: 0.05, zeroPoint },
  };
}

function mean(
  dtype: OperatorLayer["dtype"],
  zeroPoint: number,
  side: number,
  scale: number,
  keeps: boolean,
): OperatorLayer {
  return {
    operator: "MEAN",
    dtype,
    from: [1, side, side, CHANNELS],
    to: keeps ? [1, 1, 1, CHANNELS] : [1, CHANNELS],
    options: { keep_dims: keeps },
    constants: [[1, 2]],
    input: { scale: 0.05, zeroPoint },
    output: { scale, zeroPoint: zeroPoint + 20 },
  };
}

const CASES: Case[] = [
  { what: "uint8 pools", layer: pool("uint8", 100, 8, 2), values: CENTRED, share: 0 },
  { what: "rectified int8 pools", layer: pool("int8", -128, 8, 2), values: RECTIFIED, share: 0 },
  { what: "pools of 9 pixels", layer: pool("int8", -128, 9, 3), values: RECTIFIED, share: 0 },
  {
    what: "pools of 4, 6 and 9 pixels",
    layer: pool("uint8", 100, 6, 3, true),
    values: CENTRED,
    share: 0,
  },
  {
    what: "pools of 16 to 49 pixels, columns before rows",
    layer: pool("uint8", 100, 12, 7, true),
    values: CENTRED,
    share: 0.3,
  },
  {
    what: "pools of up to 256 pixels, columns before rows",
    layer: pool("int8", -20, 20, 16, true),
    values: CENTRED,
    share: 0.3,
  },
  { what: "pools of a plane", layer: pool("int8", -128, 8, 8), values: RECTIFIED, share: 0 },
  { what: "pools far below 0", layer: pool("int8", -50, 8, 2), values: CENTRED, share: 0.01 },
  { what: "pools about 0", layer: pool("int8", 0, 8, 2), values: CENTRED, share: 0 },
  { what: "pools near 0", layer: pool("int8", -4, 8, 2), values: CENTRED, share: 0.05 },
  {
    what: "means that keep dimensions",
    layer: mean("int8", -128, 7, 0.031, true),
    values: RECTIFIED,
    share: 0.01,
  },
  {
    what: "means that keep dimensions and scale",
    layer: mean("int8", -128, 4, 0.05, true),
    values: RECTIFIED,
    share: 0,
  },
  {
    what: "uint8 means that keep dimensions",
    layer: mean("uint8", 100, 8, 0.043, true),
    values: CENTRED,
    share: 0.01,
  },
  {
    what: "means about 0 that keep dimensions",
    layer: mean("int8", -4, 8, 0.043, true),
    values: CENTRED,
    share: 0.04,
  },
  {
    what: "means of rectified values",
    layer: mean("int8", -128, 4, 0.043, false),
    values: RECTIFIED,
    share: 0.02,
  },
  {
    what: "means with steps finer than a pixel's",
    layer: mean("uint8", 100, 1, 0.05 / 14.3, true),
    values: [-8, 8],
    share: 0.07,
  },
  {
    what: "means of int8 pixels with finer steps",
    layer: mean("int8", -99, 1, 0.05 / 1.73, false),
    values: [-20, 20],
    share: 0.07,
  },
];

for (const target of TARGETS) {
  for (const { what, layer, values, share } of CASES) {
    test(`${what}, on ${target}`, async () => {
      const { model, elements } = operatorLayer(layer);
      const { report } = await compile(model, { target });
      assert.is(report.operators[0]?.mark, "expected");
      const random = new Random(1);
      const zero = layer.input?.zeroPoint as number;
      let differing = 0;
      for (let run = 0; run < RUNS; run++) {
        const input = Uint8Array.from({ length: elements }, () => zero + random.integer(...values));
        const [found] = await runModel(model, { target }, [input]);
        const [wanted] = await runModel(model, { target, cpuOnly: true }, [input]);
        assert.ok(new Set(wanted).size > 4);
        const apart = compare(found as Uint8Array, wanted as Uint8Array);
        assert.ok(apart.largest <= 1, `${apart.largest} apart`);
        differing += apart.share / RUNS;
      }
      assert.ok(differing <= share, `${differing} of the elements differ`);
    });
  }
}

test("means of 82,944 pixels are means of blocks first", async () => {
  const layer = mean("int8", -50, 288, 0.011, false);
  const { model, elements } = operatorLayer({ ...layer, from: [1, 288, 288, 8], to: [1, 8] });
  const random = new Random(1);
  const input = Uint8Array.from({ length: elements }, (_, i) => {
    return -50 + 2 * (i % 8) + random.integer(-60, 60);
  });
  for (const target of TARGETS) {
    const { report } = await compile(model, { target });
    assert.is(report.operators[0]?.placement, "NPU", report.operators[0]?.reason);
    const [found] = await runModel(model, { target }, [input]);
    const [wanted] = await runModel(model, { target, cpuOnly: true }, [input]);
    assert.ok(new Set(wanted).size > 4);
    assert.ok(compare(found as Uint8Array, wanted as Uint8Array).largest <= 1, target);
  }
});

test("a mean whose steps are far finer than a pixel's is left to the CPU", async () => {
  const { model } = operatorLayer(mean("uint8", 13, 1, 0.05 / 194.4, true));
  const { report } = await compile(model, { target: "a311d" });
  assert.is(report.operators[0]?.placement, "CPU");
  assert.match(report.operators[0]?.reason ?? "", /a pixel's step is 194\.\d+ of its output's/);
});

test.run();
