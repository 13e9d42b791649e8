import { test } from "uvu";
import * as assert from "uvu/assert";
import { difference } from "../../host/compare/difference.ts";
import { compareModel } from "../../host/index.ts";
import { convolutionModel } from "../../host/tflite/convolution.ts";
import { feedsOf } from "../support/feeds.ts";
import { rectifiedLayer } from "../support/rectified-layer.ts";
import { hasShared, readShared } from "../support/shared.ts";
import { classifierModel, perChannelModel, pixels } from "./models.ts";

test("tells how far two tensors are apart", () => {
  const found = Uint8Array.of(1, 2, 3, 14);
  const expected = Uint8Array.of(1, 2, 5, 4);
  assert.equal(difference(found, expected), {
    largest: 10,
    mean: 3,
    rms: Math.sqrt(26),
    share: 0.5,
  });
  const none = { largest: 0, mean: 0, rms: 0, share: 0 };
  assert.equal(difference(found, found), none);
  assert.equal(difference(new Uint8Array(), new Uint8Array()), none);
});

test("compares every operator, and those on the NPU alone, too", async () => {
  const feed = async () => ({ pixels: pixels(1) });
  const { operators, target, firstOff } = await compareModel(
    classifierModel(),
    { target: "a311d" },
    feed,
  );
  assert.is(target, "vipnano-qi.a311d");
  assert.is(firstOff, undefined);
  assert.equal(
    operators.map(({ name }) => name),
    ["CONV_2D", "AVERAGE_POOL_2D", "RESHAPE", "SOFTMAX"],
  );
  const [convolution] = operators;
  // The first operator reads the same bytes either way.
  assert.equal(convolution?.alone, convolution?.together);
  // A view, which is on the NPU among others only.
  assert.is(operators[2]?.placement, "NPU");
  assert.equal(operators[2]?.alone, { largest: 0, mean: 0, rms: 0, share: 0 });
  const softmax = operators.at(-1);
  assert.is(softmax?.placement, "CPU");
  assert.is(softmax?.alone, undefined);
});

test("gives an operator alone the jobs that it has in the network", async () => {
  const model = perChannelModel();
  const feed = async () => ({ input: new Int8Array(pixels(3, 8 * 8 * 16)) });
  const means: number[] = [];
  for (const [jobBudget, inputCopies] of [[1], [2, 1], [7, 32]] as const) {
    const options = { target: "a311d", jobBudget };
    const [convolution] = (await compareModel(model, options, feed)).operators;
    assert.is(convolution?.groups, 1);
    assert.is(convolution?.inputCopies, inputCopies);
    assert.equal(convolution?.alone, convolution?.together);
    means.push(convolution?.together.mean ?? Number.NaN);
  }
  const [plain = 0, once = 0, often = 0] = means;
  assert.ok(plain > 2 * once && once > often, `${means}`);
});

test("a large measured error is off, however large the expected one is", async () => {
  const scales = Array.from({ length: 64 }, (_, i) => 0.5 * 10 ** (-((i * 29) % 64) / 21));
  const model = rectifiedLayer(scales, {
    height: 8,
    width: 8,
    depthwise: true,
    activation: "NONE",
    output: { scale: 0.1, zeroPoint: -4 },
    weightAt: (position) => ((position * 37) % 255) - 127,
  });
  const feed = async () => ({ input: new Int8Array(pixels(4, 8 * 8 * 64)) });
  const { operators, firstOff } = await compareModel(
    model,
    { target: "a311d", jobBudget: 1 },
    feed,
  );
  assert.is(firstOff, 0);
  assert.ok((operators[0]?.expected ?? 0) > 1);
  assert.is(operators[0]?.measured, operators[0]?.alone?.rms);
  const precise = await compareModel(model, { target: "a311d" }, feed);
  assert.is(precise.firstOff, undefined);
});

test("marks what is off", async () => {
  // A portrait image in the words of another driver, which are known to be wrong.
  const model = convolutionModel({
    height: 24,
    width: 12,
    channels: 8,
    kernel: 3,
    padding: "VALID",
  });
  const feed = async () => ({ input: pixels(2, 24 * 12 * 8) });
  const right = await compareModel(model, { target: "a311d" }, feed);
  assert.is(right.firstOff, undefined);
  const wrong = await compareModel(model, { target: "a311d", compat: "mesa" }, feed);
  assert.is(wrong.firstOff, 0);
  assert.ok((wrong.operators[0]?.alone?.largest ?? 0) > 2);
});

if (hasShared("operators of whole networks beside the CPU's kernels")) {
  for (const network of ["mobilenet_v2_1.0_224_quant", "tf2_mobilenet_v2_1.0_224_ptq"]) {
    test(`no operator of ${network} is off`, async () => {
      const model = readShared(`models/${network}.tflite`);
      const feed = async (inputs: Parameters<typeof feedsOf>[0]) => feedsOf(inputs, "cat");
      const { operators, firstOff } = await compareModel(model, { target: "imx8mp" }, feed);
      assert.is(firstOff, undefined);
      assert.ok(operators.some(({ alone }) => alone));
    });
  }
}

test.run();
