import { test } from "uvu";
import * as assert from "uvu/assert";
import { COVERAGE, DETECTION } from "../../assembly/tflite/coverage.ts";
import { bytesOf, DTYPES, elementsOf, type TypedArray, valuesOf } from "../../host/dtype.ts";
import { compile, Session } from "../../host/index.ts";
import { loadLiteRtWith } from "../../host/litert/module.ts";
import { loadInstalledLiteRt } from "../../host/litert/node.ts";
import { compileForLiteRt } from "../../host/litert/runtime.ts";
import { buildModel } from "../../host/tflite/builder.ts";
import { draftOf, modelOf } from "../support/covered-models.ts";
import { chooseReferenceKernels } from "../support/litert.ts";
import { Random } from "../support/random.ts";

// The kernels for float32 beside LiteRT's reference kernels, an operator each: byte for byte.

const FLOAT32 = Object.keys(DTYPES).indexOf("float32");

/** What LiteRT runs wrongly: test/cpu/kernels.test.ts has their right values. */
const WRONG_IN_LITERT = ["SHAPE"];

const LINES = COVERAGE.filter(({ operator, dtypes }) => {
  const isReal = ((dtypes >> FLOAT32) & 1) === 1;
  return isReal && operator !== DETECTION && !WRONG_IN_LITERT.includes(operator);
});

for (const line of LINES) {
  test(`${line.operator} of float32 is LiteRT's, byte for byte`, async () => {
    const model = modelOf(draftOf(line, "float32"));
    const session = await Session.create(await compile(model, { target: "a311d", cpuOnly: true }));
    const liteRt = await compileForLiteRt(model);
    for (let seed = 1; seed <= 5; seed++) {
      const random = new Random(seed);
      const inputs = session.inputs.map(({ dtype, shape }) => {
        const count = elementsOf(shape);
        if (dtype !== "float32") return random.bytes(count * DTYPES[dtype].bytes);
        const real = () => random.integer(-4000, 4000) / 1000;
        return bytesOf(Float32Array.from({ length: count }, real));
      });
      const feeds = session.inputs.map(({ name, dtype }, i) => {
        return [name, valuesOf(dtype, inputs[i] as Uint8Array)] as const;
      });
      const outputs = await session.run(Object.fromEntries(feeds));
      const expected = await liteRt.run(inputs);
      session.outputs.forEach(({ name }, i) => {
        assert.equal(bytesOf(outputs[name] as TypedArray), expected[i], `seed ${seed}, ${name}`);
      });
    }
    liteRt.release();
  });
}

/** Results that leave float32 are its largest numbers where an activation may be fused. */
const BEYOND: [operator: string, a: number[], b: number[]][] = [
  ["ADD", [3e38, -3e38, 1, Infinity], [3e38, -3e38, 1, 1]],
  ["SUB", [3e38, -3e38, 1, -Infinity], [-3e38, 3e38, 1, 1]],
  ["MUL", [3e38, -3e38, 2, Infinity], [3e38, 3e38, 1, 1]],
  ["DIV", [3e38, -1, 1, Infinity], [1e-30, 0, 3, 1]],
  ["SQUARED_DIFFERENCE", [3e38, -1, 1, Infinity], [-3e38, 0, 3, 1]],
];

for (const [operator, a, b] of BEYOND) {
  test(`${operator} beyond float32 is LiteRT's`, async () => {
    const real = (name: string) => ({ name, shape: [1, 4], dtype: "float32" as const });
    const byte = (name: string) => {
      return {
        name,
        shape: [1],
        dtype: "uint8" as const,
        quantization: { scale: 1, zeroPoint: 0 },
      };
    };
    const model = buildModel({
      tensors: [real("a"), real("b"), real("y"), byte("p"), byte("q")],
      operators: [
        { operator, inputs: ["a", "b"], outputs: ["y"] },
        { operator: "RELU", inputs: ["p"], outputs: ["q"] },
      ],
      inputs: ["a", "b", "p"],
      outputs: ["y", "q"],
    });
    const feeds = { a: Float32Array.from(a), b: Float32Array.from(b), p: new Uint8Array(1) };
    const session = await Session.create(await compile(model, { target: "a311d", cpuOnly: true }));
    const { y } = await session.run(feeds);
    const liteRt = await compileForLiteRt(model);
    const [expected] = await liteRt.run(Object.values(feeds).map(bytesOf));
    liteRt.release();
    assert.equal(bytesOf(y as TypedArray), expected);
    await session.release();
  });
}

test.before(() => {
  chooseReferenceKernels();
});
// Other tests in this process expect what users have.
test.after(() => loadLiteRtWith(loadInstalledLiteRt));

test.run();
