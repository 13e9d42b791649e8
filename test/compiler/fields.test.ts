import { test } from "uvu";
import * as assert from "uvu/assert";
import { CORES } from "../../assembly/targets/cores.ts";
import { type FailureExports, failureOf, instantiate } from "../../host/wasm.ts";
import { buildProbe, textAt } from "../support/probe.ts";

// Every number of a descriptor, a command or a header has its range in one table, and none beyond
// it is ever written: the table itself, field by field, and what the encoders make of jobs.

interface Probe extends FailureExports {
  describe(): number;
  write(layout: number, field: number, value: number): number;
  word(index: number): number;
  move(position: number, value: number, asMesa: boolean): number;
  moveTable(factor: number): number;
  convolution(core: number, position: number, value: number, firstPixel: boolean): number;
  convolutionScale(core: number, scale: number): number;
}

interface Layout {
  name: string;
  words: number;
  fields: Field[];
}

interface Field {
  name: string;
  signed: boolean;
  least: number;
  most: number;
  unit: number;
  /** From the lowest bits of the number up. */
  pieces: [word: number, high: number, low: number][];
}

const probe = await instantiate<Probe>(await buildProbe("assembly/compiler/encode/probe.ts"));
const layouts: Layout[] = JSON.parse(textAt(probe.memory, probe.describe()));
const A311D = CORES.findIndex(({ aliases }) => aliases.startsWith("a311d"));
const IMX8MP = CORES.findIndex(({ aliases }) => aliases === "imx8mp");

/** Reads a field out of the words written last. */
function read(field: Field): number {
  let value = 0n;
  let width = 0n;
  for (const [word, high, low] of field.pieces) {
    const bits = BigInt(high - low + 1);
    value |= ((BigInt(probe.word(word) >>> 0) >> BigInt(low)) & ((1n << bits) - 1n)) << width;
    width += bits;
  }
  const number = field.signed ? BigInt.asIntN(Number(width), value) : value;
  return Number(number) * field.unit;
}

/** Bits of all words that were written last, outside of a field's. */
function strayBits(layout: Layout, field: Field): number {
  let stray = 0;
  for (let word = 0; word < layout.words; word++) {
    let bits = probe.word(word);
    for (const [at, high, low] of field.pieces) {
      if (at === word)
        bits &= ~Number(BigInt.asIntN(32, ((1n << BigInt(high - low + 1)) - 1n) << BigInt(low)));
    }
    stray |= bits;
  }
  return stray;
}

for (const [l, layout] of layouts.entries()) {
  test(`fields of the ${layout.name} lie apart and within its words`, () => {
    const used = new Array<bigint>(layout.words).fill(0n);
    for (const { name, pieces } of layout.fields) {
      for (const [word, high, low] of pieces) {
        assert.ok(word < layout.words && high < 32 && low <= high, name);
        const mask = ((1n << BigInt(high - low + 1)) - 1n) << BigInt(low);
        assert.is((used[word] as bigint) & mask, 0n, name);
        used[word] = (used[word] as bigint) | mask;
      }
    }
  });

  test(`fields of the ${layout.name} hold their ranges and refuse what lies beyond`, () => {
    for (const [f, field] of layout.fields.entries()) {
      const { name, least, most, unit } = field;
      const bits = field.pieces.reduce((sum, [, high, low]) => sum + high - low + 1, 0);
      assert.is((most - least) / unit + 1, 2 ** bits, name);
      for (const value of [least, least + unit, most - unit, most]) {
        assert.is(probe.write(l, f, value), 0, `${name} ${value}`);
        assert.is(read(field), value, name);
        assert.is(strayBits(layout, field), 0, name);
      }
      const beyond = [least - 1, least - unit, most + 1, most + unit, 2 ** 40, -(2 ** 40)];
      if (unit > 1) beyond.push(least + 1, most - 1);
      for (const value of beyond) {
        assert.is.not(probe.write(l, f, value), 0, `${name} ${value}`);
        const { code, expected, found } = failureOf(probe);
        assert.is(code, "INTERNAL");
        assert.ok(expected.startsWith(`${name} of the ${layout.name} from ${least} to ${most}`));
        assert.is(found, `${value}`);
        assert.is(read(field), 0, `${name} is left alone`);
      }
    }
  });
}

/** Asserts that values up to both ends are taken and those past them refused by the field's name. */
function checkRange(
  field: string,
  least: number,
  most: number,
  encode: (value: number) => number,
): void {
  for (const value of [least, most]) assert.is(encode(value), 0, `${field} of ${value}`);
  for (const value of [least - 1, most + 1]) {
    assert.is.not(encode(value), 0, `${field} of ${value}`);
    const { code, expected, found, location } = failureOf(probe);
    assert.is(code, "INTERNAL");
    assert.is(expected.split(" ")[0], field);
    assert.is(found, `${value}`);
    assert.equal(location, { kind: "OPERATOR", at: 7 });
  }
}

// The members of a TP job that the probe sets, in its order, and the fields they go into.
const MOVE: [field: string, least: number, most: number][] = [
  ["in_image_x_size", 0, 65535],
  ["in_image_y_size", 0, 65535],
  ["in_image_z_size", 0, 65535],
  ["in_image_stride", 0, 65535],
  ["in_window_x_start", -32768, 32767],
  ["in_window_y_start", -32768, 32767],
  ["in_window_x_end", -32768, 32767],
  ["in_window_y_end", -32768, 32767],
  ["in_tile_x_size", 0, 65535],
  ["in_tile_y_size", 0, 65535],
  ["in_zp", 0, 255],
  ["out_zp", 0, 255],
  ["out_loop_0_count", 0, 65535],
  ["out_loop_1_count", 0, 65535],
  ["out_loop_2_count", 0, 65535],
  ["out_loop_3_count", 0, 65535],
  ["out_loop_4_count", 0, 65535],
  ["out_loop_5_count", 0, 65535],
];

test("a TP job beyond a field is refused", () => {
  for (const [position, [field, least, most]] of MOVE.entries()) {
    checkRange(field, least, most, (value) => probe.move(position, value, false));
  }
});

test("with --compat mesa a field keeps the low bits, as Mesa's does", () => {
  const yEnd = MOVE.findIndex(([field]) => field === "in_window_y_end");
  assert.is(probe.move(yEnd, 0x19ffe, true), 0);
  assert.is(probe.word(5) >>> 16, 0x9ffe);
  assert.is(probe.word(5) & 0xffff, 0);
});

test("a table's factor beyond the shift's seven bits is refused", () => {
  assert.is(probe.moveTable(2 ** -63), 0);
  assert.is(probe.moveTable(2 ** 64), 0);
  for (const factor of [2 ** -64, 2 ** 65]) {
    assert.is.not(probe.moveTable(factor), 0);
    assert.ok(failureOf(probe).expected.startsWith("alu_output_postshift "));
  }
});

// The same for a convolution: its own members, and those of its tiling.
const CONVOLUTION: [field: string, least: number, most: number][] = [
  ["kernel_xy_size", 0, 15],
  ["kernel_y_size", 0, 15],
  ["in_image_x_size", 0, 8191],
  ["in_image_y_size", 0, 8191],
  ["kernel_z_size", 0, 16383],
  ["out_image_x_size", 0, 8191],
  ["out_image_y_size", 0, 8191],
  ["out_image_z_size", 0, 16383],
  ["in_image_x_offset", -8, 7],
  ["in_image_y_offset", -8, 7],
  ["in_image_border_const", 0, 65535],
  ["out_zero_point", 0, 255],
  ["out_image_tile_x_size", 0, 127],
  ["out_image_tile_y_size", 0, 127],
  ["kernels_per_core", 0, 127],
];

for (const [what, core] of [
  ["v7", A311D],
  ["v8", IMX8MP],
] as const) {
  test(`a convolution beyond a field is refused on ${what}`, () => {
    for (const [position, [field, least, most]] of CONVOLUTION.entries()) {
      checkRange(field, least, most, (value) => probe.convolution(core, position, value, false));
    }
  });

  test(`twice an output's sides beyond their field is refused on ${what}`, () => {
    for (const [position, [field]] of CONVOLUTION.entries()) {
      if (!/^out_image_[xy]_size$/.test(field)) continue;
      assert.is(probe.convolution(core, position, 4095, true), 0);
      assert.is.not(probe.convolution(core, position, 4096, true), 0);
      assert.is(failureOf(probe).found, "8192");
    }
  });

  test(`a factor beyond the shift's range is refused on ${what}`, () => {
    const end = what === "v7" ? 2 ** 16 : 2;
    const least = what === "v7" ? 2 ** -112 : 2 ** -126;
    for (const scale of [end / 2, least]) assert.is(probe.convolutionScale(core, scale), 0);
    assert.is.not(probe.convolutionScale(core, end), 0);
    const { expected, found } = failureOf(probe);
    assert.is(expected, "post_shift of the NN descriptor from 0 to 127");
    assert.is(found, "-1");
  });
}

test.run();
