/** The read stage on real networks: what is known of them must come out. */
import { readdirSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { OPERATOR_NAMES } from "../../assembly/tflite/operators.ts";
import { hasShared, readShared, SHARED } from "../support/shared.ts";
import { Probe, type ReadGraph } from "./read.probe.ts";

/** Tensors, and operators by name, as another FlatBuffers reader counts them. */
const FACTS: Record<string, { tensors: number; operators: Record<string, number> }> = {
  ad01_int8: { tensors: 31, operators: { FULLY_CONNECTED: 10 } },
  conv2d: { tensors: 4, operators: { CONV_2D: 1 } },
  deeplabv3_mnv2_dm05_pascal_quant: {
    tensors: 186,
    operators: {
      CONV_2D: 38,
      DEPTHWISE_CONV_2D: 17,
      ADD: 10,
      AVERAGE_POOL_2D: 1,
      RESIZE_BILINEAR: 3,
      QUANTIZE: 1,
      CONCATENATION: 1,
      ARG_MAX: 1,
    },
  },
  fully_connected: { tensors: 4, operators: { FULLY_CONNECTED: 1 } },
  kws_ref_model_int8: {
    tensors: 35,
    operators: {
      CONV_2D: 5,
      DEPTHWISE_CONV_2D: 4,
      AVERAGE_POOL_2D: 1,
      RESHAPE: 1,
      FULLY_CONNECTED: 1,
      SOFTMAX: 1,
    },
  },
  mlperf_tiny_resnet8_int8: {
    tensors: 38,
    operators: {
      CONV_2D: 9,
      ADD: 3,
      AVERAGE_POOL_2D: 1,
      RESHAPE: 1,
      FULLY_CONNECTED: 1,
      SOFTMAX: 1,
    },
  },
  "mobilenet_v1_0.25_128_quant": {
    tensors: 89,
    operators: {
      CONV_2D: 15,
      DEPTHWISE_CONV_2D: 13,
      AVERAGE_POOL_2D: 1,
      RESHAPE: 1,
      SOFTMAX: 1,
    },
  },
  "mobilenet_v1_1.0_224_quant": {
    tensors: 89,
    operators: {
      CONV_2D: 15,
      DEPTHWISE_CONV_2D: 13,
      AVERAGE_POOL_2D: 1,
      RESHAPE: 1,
      SOFTMAX: 1,
    },
  },
  "mobilenet_v2_1.0_224_quant": {
    tensors: 174,
    operators: {
      CONV_2D: 36,
      DEPTHWISE_CONV_2D: 17,
      ADD: 10,
      AVERAGE_POOL_2D: 1,
      RESHAPE: 1,
      SOFTMAX: 1,
    },
  },
  ssdlite_mobiledet_coco_qat_postprocess: {
    tensors: 329,
    operators: {
      CONV_2D: 66,
      ADD: 15,
      DEPTHWISE_CONV_2D: 27,
      RESHAPE: 13,
      CONCATENATION: 2,
      LOGISTIC: 1,
      TFLite_Detection_PostProcess: 1,
    },
  },
  "tf2_mobilenet_v2_1.0_224_ptq": {
    tensors: 177,
    operators: {
      QUANTIZE: 2,
      CONV_2D: 36,
      DEPTHWISE_CONV_2D: 17,
      ADD: 10,
      MEAN: 1,
      RESHAPE: 1,
      SOFTMAX: 1,
    },
  },
  vww_96_int8: {
    tensors: 89,
    operators: {
      CONV_2D: 14,
      DEPTHWISE_CONV_2D: 13,
      AVERAGE_POOL_2D: 1,
      RESHAPE: 1,
      FULLY_CONNECTED: 1,
      SOFTMAX: 1,
    },
  },
  yolox: {
    tensors: 304,
    operators: {
      STRIDED_SLICE: 4,
      CONCATENATION: 17,
      CONV_2D: 83,
      PAD: 6,
      ADD: 7,
      MAX_POOL_2D: 3,
      RESIZE_NEAREST_NEIGHBOR: 2,
      LOGISTIC: 6,
    },
  },
};

const probe = await Probe.build();

function load(name: string): Uint8Array {
  return readShared(`models/${name}.tflite`);
}

function countByName(graph: ReadGraph): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { code, customName } of graph.operators) {
    const name = customName || (OPERATOR_NAMES[code] ?? "");
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

if (hasShared("reading real models")) {
  for (const [name, facts] of Object.entries(FACTS)) {
    test(`${name} is read whole`, async () => {
      const graph = await probe.read(load(name));
      assert.equal(countByName(graph), facts.operators);
      assert.is(graph.tensors.length, facts.tensors);
    });
  }

  test("every single-operator model is one operator", async () => {
    const files = readdirSync(`${SHARED}/models/layers`);
    for (const file of files) {
      const graph = await probe.read(load(`layers/${file.replace(".tflite", "")}`));
      assert.is(graph.operators.length, 1, file);
    }
    assert.ok(files.length > 90);
  });

  test("the first convolution of a small MobileNetV1", async () => {
    const graph = await probe.read(load("mobilenet_v1_0.25_128_quant"));
    const convolution = graph.operators[0];
    const [input, weights, bias] = (convolution?.inputs ?? []).map((index) => graph.tensors[index]);
    const output = graph.tensors[convolution?.outputs[0] ?? -1];
    assert.equal(graph.inputs, [convolution?.inputs[0]]);
    assert.equal(input?.shape, [1, 128, 128, 3]);
    assert.equal(input?.quantization.scales, [0.0078125]);
    assert.equal(input?.quantization.zeroPoints, [128]);
    assert.equal(weights?.shape, [8, 3, 3, 3]);
    assert.is(weights?.data.length, 8 * 27);
    assert.is(bias?.data.length, 8 * 4);
    assert.equal(output?.shape, [1, 64, 64, 8]);
    const { padding, stride, activation } = convolution?.options ?? {};
    assert.equal({ padding, stride, activation }, { padding: 0, stride: [2, 2], activation: 3 });
  });

  test("scales per channel lie along the output channels", async () => {
    const graph = await probe.read(load("vww_96_int8"));
    for (const { code, inputs } of graph.operators) {
      if (code !== 3 && code !== 4) continue;
      const { shape, quantization } = graph.tensors[inputs[1] ?? -1] ?? {};
      assert.is(quantization?.axis, code === 3 ? 0 : 3);
      assert.is(quantization?.scales.length, shape?.[code === 3 ? 0 : 3]);
    }
  });

  test("weights and names are not copied", async () => {
    const { bytes } = await probe.measure(load("mobilenet_v1_1.0_224_quant"));
    assert.ok(bytes < 256 * 1024, `${bytes} bytes for 89 tensors and 31 operators`);
  });
}

test.run();
