import { test } from "uvu";
import * as assert from "uvu/assert";
import { elementsOf } from "../../host/dtype.ts";
import { compile } from "../../host/index.ts";
import { buildModel, type Quantization, type TensorSpec } from "../../host/tflite/builder.ts";
import { compare } from "../support/compare.ts";
import { Random } from "../support/random.ts";
import { quantizationOver, type Range } from "../support/ranges.ts";
import { runBlob } from "../support/runs.ts";

// Operators on two tensors, one of which is repeated along axes, or constant, against the CPU kernels,
// which give what TFLite's reference kernels do to the byte.

const TARGETS = ["a311d", "imx8mp"];
const DTYPES = ["uint8", "int8"] as const;

/** How far off results may be, by the tensors' ranges: those of both operands, and of the output. */
const OPERATORS: [operator: string, largest: number, ranges: Range[]][] = [
  [
    "ADD",
    1,
    [
      [-3, 5],
      [-6, 2],
      [-8, 7],
    ],
  ],
  [
    "SUB",
    1,
    [
      [-3, 5],
      [0, 2],
      [-5, 5],
    ],
  ],
  [
    "MUL",
    2,
    [
      [-3, 5],
      [0, 1],
      [-3, 5],
    ],
  ],
  [
    "MAXIMUM",
    0,
    [
      [-3, 5],
      [-3, 5],
      [-3, 5],
    ],
  ],
  [
    "MINIMUM",
    0,
    [
      [-3, 5],
      [-3, 5],
      [-3, 5],
    ],
  ],
];

/** The first is not repeated. */
const SHAPES: [number[], number[]][] = [
  [
    [1, 7, 5, 12],
    [1, 1, 1, 12],
  ],
  [
    [1, 8, 8, 16],
    [1, 8, 8, 1],
  ],
  [
    [1, 6, 10, 5],
    [1, 1, 10, 5],
  ],
  [
    [1, 4, 84],
    [1, 1, 84],
  ],
  [
    [1, 6, 6, 8],
    [1, 6, 6, 8],
  ],
];

interface Case {
  operator: string;
  ranges: Range[];
  shapes: number[][];
  dtype: (typeof DTYPES)[number];
  /** Which operand is constant; and its bytes, where they are not random. */
  constant?: number;
  /** The repeated operand comes first. */
  isSwapped?: boolean;
  activation?: number;
  data?: Uint8Array;
}

function modelOf({ operator, ranges, shapes, dtype, constant, isSwapped, activation, data }: Case) {
  const operands = ["a", "b"].map((name, i): TensorSpec => {
    const shape = shapes[i] as number[];
    const common = {
      name,
      shape,
      dtype,
      quantization: quantizationOver(ranges[i] as Range, dtype),
    };
    const bytes = data ?? new Random(3).bytes(elementsOf(shape));
    return i === constant ? { ...common, data: bytes } : common;
  });
  const output: TensorSpec = {
    name: "out",
    shape: shapes[0] as number[],
    dtype,
    quantization: quantizationOver(ranges[2] as Range, dtype),
  };
  return buildModel({
    inputs: operands.filter((_, i) => i !== constant).map(({ name }) => name),
    outputs: ["out"],
    tensors: [...operands, output],
    operators: [
      {
        operator,
        version: 2,
        inputs: isSwapped ? ["b", "a"] : ["a", "b"],
        outputs: ["out"],
        ...(activation === undefined ? {} : { options: { fused_activation_function: activation } }),
      },
    ],
  });
}

/** Random operands, and what the NPU makes of them; all of it must run there. */
async function onNpu(model: Uint8Array, shapes: number[][], target: string, where: string) {
  const blob = await compile(model, { target });
  assert.equal(
    blob.report.operators.map(({ placement, reason }) => reason ?? placement),
    ["NPU"],
    where,
  );
  const inputs = shapes.map((shape, i) => new Random(5 + i).bytes(elementsOf(shape)));
  const [[found]] = (await runBlob(blob, [inputs])) as [[Uint8Array]];
  return { inputs, found };
}

/** The largest difference of what the NPU gives from what the CPU does. */
async function difference(model: Uint8Array, shapes: number[][], target: string, where: string) {
  const { inputs, found } = await onNpu(model, shapes, target, where);
  const cpu = await compile(model, { target, cpuOnly: true });
  const [[expected]] = (await runBlob(cpu, [inputs])) as [[Uint8Array]];
  return compare(found, expected).largest;
}

/** Which of both operands is computed beside the first, and on which cores the cases begin. */
const FORMS = [
  { what: "a repeated operand", begin: 0, constant: undefined },
  { what: "a constant tensor", begin: 1, constant: 1 },
];

for (const [operator, largest, ranges] of OPERATORS) {
  const activations = ["ADD", "SUB", "MUL"].includes(operator) ? [0, 1, 3] : [undefined];
  for (const { what, begin, constant } of FORMS) {
    test(`${operator} with ${what}`, async () => {
      for (const [i, shapes] of SHAPES.entries()) {
        for (const dtype of DTYPES) {
          const turn = i + begin;
          const target = TARGETS[(turn + (dtype === "int8" ? 1 : 0)) % 2] as string;
          const activation = activations[i % activations.length];
          const model = modelOf({
            ...{ operator, ranges, shapes, dtype, isSwapped: turn % 2 === 1 },
            ...(constant === undefined ? {} : { constant }),
            ...(activation === undefined ? {} : { activation }),
          });
          const where = `${target} ${dtype} ${shapes.join(" and ")}`;
          const off = await difference(model, shapes.slice(0, constant), target, where);
          assert.ok(off <= largest, `${where}: ${off}`);
        }
      }
    });
  }
}

/** In plain arithmetic, as the CPU has no kernel for bytes. */
async function squaredDifference(one: Case, target: string, where: string): Promise<number> {
  const { ranges, shapes, dtype } = one;
  const { inputs, found } = await onNpu(modelOf(one), shapes, target, where);
  const [a, b, out] = ranges.map((range) => quantizationOver(range, "uint8"));
  const flip = dtype === "int8" ? 0x80 : 0;
  const real = (byte: number, { scale, zeroPoint }: Quantization) =>
    (scale as number) * ((byte ^ flip) - Number(zeroPoint));
  const [rows = 1, columns = 1, channels = 1] = (shapes[0] as number[]).slice(1);
  const [ownRows = 1, ownColumns = 1, ownChannels = 1] = (shapes[1] as number[]).slice(1);
  let largest = 0;
  for (let y = 0; y < rows; y++)
    for (let x = 0; x < columns; x++)
      for (let c = 0; c < channels; c++) {
        const at = (y * columns + x) * channels + c;
        const other =
          ((y % ownRows) * ownColumns + (x % ownColumns)) * ownChannels + (c % ownChannels);
        const first = real(inputs[0]?.[at] as number, a as Quantization);
        const second = real(inputs[1]?.[other] as number, b as Quantization);
        const steps = (first - second) ** 2 / Number(out?.scale) + Number(out?.zeroPoint);
        const right = Math.max(0, Math.min(255, Math.round(steps)));
        largest = Math.max(largest, Math.abs((((found[at] as number) & 255) ^ flip) - right));
      }
  return largest;
}

const SQUARED: [largest: number, Range[]][] = [
  [
    1,
    [
      [-3, 5],
      [-3, 5],
      [0, 30],
    ],
  ],
  [
    1,
    [
      [-3, 5],
      [-3, 5],
      [0, 64],
    ],
  ],
  [
    2,
    [
      [-3, 5],
      [-2, 2],
      [0, 40],
    ],
  ],
];

for (const [largest, ranges] of SQUARED) {
  test(`SQUARED_DIFFERENCE of ${ranges.join(" ")}, at most ${largest} off`, async () => {
    for (const [i, shapes] of [SHAPES[0], SHAPES[1], SHAPES[4]].entries()) {
      for (const dtype of DTYPES) {
        const target = TARGETS[(i + (dtype === "int8" ? 1 : 0)) % 2] as string;
        const where = `${target} ${dtype} ${shapes?.join(" and ")}`;
        const one = { operator: "SQUARED_DIFFERENCE", ranges, shapes: shapes ?? [], dtype };
        const off = await squaredDifference(one, target, where);
        assert.ok(off <= largest, `${where}: ${off}`);
      }
    }
  });
}

const SLOPES: [what: string, Range][] = [
  ["below 1", [-0.5, 0.9]],
  ["above 1", [0, 3]],
];

for (const [what, slopes] of SLOPES) {
  test(`PRELU with slopes of channels ${what}`, async () => {
    for (const target of TARGETS) {
      for (const dtype of DTYPES) {
        for (const output of [
          [-6, 5],
          [-3, 5],
        ] as Range[]) {
          const shapes = [
            [1, 7, 5, 12],
            [1, 1, 12],
          ];
          const ranges: Range[] = [[-3, 5], slopes, output];
          const flip = dtype === "int8" ? 0x80 : 0;
          const first = what === "above 1" ? 86 : 0;
          const data = Uint8Array.from({ length: 12 }, (_, i) => (first + 15 * i) ^ flip);
          const model = modelOf({ operator: "PRELU", ranges, shapes, dtype, constant: 1, data });
          const where = `${target} ${dtype} ${output}`;
          const off = await difference(model, shapes.slice(0, 1), target, where);
          assert.ok(off <= 1, `${where}: ${off}`);
        }
      }
    }
  });
}

test("shapes that do not go together are refused", async () => {
  const ranges: Range[] = [
    [-3, 5],
    [-3, 5],
    [-6, 9],
  ];
  for (const operator of ["ADD", "SUB", "MUL", "MAXIMUM", "MINIMUM"]) {
    const shapes = [
      [1, 4, 4, 8],
      [1, 4, 4, 3],
    ];
    const model = modelOf({ operator, ranges, shapes, dtype: "uint8" });
    try {
      await compile(model, { target: "a311d" });
      assert.unreachable(operator);
    } catch (error) {
      assert.match((error as Error).message, /shapes go together/, operator);
    }
  }
});

test("PRELU with slopes on both sides of 1 stays on the CPU", async () => {
  const shapes = [
    [1, 7, 5, 12],
    [1, 1, 12],
  ];
  const ranges: Range[] = [
    [-3, 5],
    [0, 2],
    [-6, 5],
  ];
  const data = Uint8Array.from({ length: 12 }, (_, i) => 20 * i);
  const model = modelOf({ operator: "PRELU", ranges, shapes, dtype: "uint8", constant: 1, data });
  const { report } = await compile(model, { target: "a311d" });
  assert.is(report.operators[0]?.reason, "some of its slopes are above 1, and others below");
});

test.run();
