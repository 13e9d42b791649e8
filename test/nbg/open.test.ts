import { test } from "uvu";
import * as assert from "uvu/assert";
import { NolfetError } from "../../host/errors.ts";
import { isNetwork, openNetwork } from "../../host/nbg/open.ts";
import { networkFile } from "./network-file.ts";

const small = networkFile();

test("a small file is read, record by record", () => {
  assert.ok(isNetwork(small.bytes));
  const network = openNetwork(small.bytes);
  assert.is(network.name, "small");
  assert.is(network.target, 0x88);
  assert.equal(network.inputs, [
    {
      name: "input",
      dimensions: [8, 8, 1, 1],
      dtype: "uint8",
      quantization: { kind: "affine", scale: 0.5, zeroPoint: 10 },
    },
  ]);
  assert.equal(network.outputs[0]?.quantization, { kind: "none" });
  assert.equal(network.layers, [{ name: "ConvolutionLayer", id: 0, operations: 2 }]);
  assert.equal(
    network.operations.map(({ kind, layer, patches }) => [kind, layer, patches.length]),
    [
      ["start", undefined, 0],
      ["NN", 0, 2],
      ["TP", 0, 1],
    ],
  );
  assert.equal(network.operations[1]?.patches[0], {
    in: "descriptor",
    offset: 20,
    source: "data",
    index: 3,
    base: 0,
    isShifted: true,
  });
  assert.is(network.operations[1]?.words?.[16], 0x00080008);
});

test("of a newer version only header and sections are read, and it says so", () => {
  const network = openNetwork(networkFile({ version: 0x1001e, laterSections: 15 }).bytes);
  assert.not(network.isUnderstood);
  assert.is(network.sections.length, 27);
  assert.equal(network.operations, []);
});

/** One word of the small file, changed: `section` and byte offset in it; section −1 is the header. */
type Fault = [what: string, section: number, offset: number, value: number, expected: string];

// biome-ignore format: a table
const FAULTS: Fault[] = [
  ["another magic number", -1, 0, 0, '"VPMN" at the start'],
  ["an old version", -1, 4, 0x10008, "version 0x10009 or newer"],
  ["too few sections", -1, 376, 376 + 8 * 11, "12 to 64 sections before the first one's offset"],
  ["half a section entry", -1, 376, 500, "12 to 64 sections before the first one's offset"],
  ["a section beyond the file", -1, 376 + 8 * 5 + 4, 0xffffff, "the data inside the file"],
  ["records of an unknown size", -1, 92, 3 | (2 << 2), "NN records of 128 or 192 bytes"],
  ["one NN record cut short", -1, 376 + 8 * 6 + 4, 124, "whole NN records of 128 bytes"],
  ["more layers than there are", -1, 76, 2, "2 layers"],
  ["more inputs than there are", -1, 84, 2, "2 inputs of 108 or 116 bytes"],
  ["seven dimensions", 0, 0, 7, "at most 6 dimensions"],
  ["an unknown quantization", 0, 36, 3, "a quantization of kind 0 to 2"],
  ["an unknown operation", 3, 24, 9, "an operation of a known type"],
  ["a record that is not there", 3, 28, 1, "an operation whose NN records lie below 1"],
  ["a layer that is not there", 3, 32, 1, "an operation whose layers lie below 1"],
  ["states that are not there", 3, 36, 4, "an operation whose states lie below 4"],
  ["patches that are not there", 3, 44, 4, "an operation whose patches lie below 3"],
  ["data beyond their section", 4, 4, 4096, "data inside a section of 600 bytes"],
  ["a patch of an unknown type", 9, 0, 2, "a patch of type 0 or 1"],
  ["a patch from an unknown source", 9, 8, 9, "a patch from a known source"],
  ["an unknown transform", 9, 20, 2, "a patch with transform 0 or 1"],
  ["a patch off its word", 9, 4, 22, "a patch of a whole word inside 136 bytes"],
  ["a patch beyond its words", 9, 4, 136, "a patch of a whole word inside 136 bytes"],
  ["a patch by data that are not there", 9, 12, 4, "an operation whose data lie below 4"],
];

for (const [what, section, offset, value, expected] of FAULTS) {
  test(`refused: ${what}`, () => {
    const bytes = small.bytes.slice();
    const at = (small.sections[section]?.start ?? 0) + offset;
    new DataView(bytes.buffer).setUint32(at, value, true);
    assert.throws(
      () => openNetwork(bytes),
      (error: unknown) => {
        assert.instance(error, NolfetError);
        assert.is((error as NolfetError).code, "BAD_BLOB");
        assert.is((error as NolfetError).expected, expected);
        return true;
      },
    );
  });
}

test("refused: operations that share patches or states, whose work would grow with their product", () => {
  const shared = small.bytes.slice();
  const operations = small.sections[3]?.start ?? 0;
  const view = new DataView(shared.buffer);
  view.setUint32(operations + 2 * 24 + 16, 0, true);
  view.setUint32(operations + 2 * 24 + 20, 2, true);
  assert.throws(() => openNetwork(shared), /patches of their own/);
  const states = small.bytes.slice();
  const table = small.sections[4]?.start ?? 0;
  const all = new DataView(states.buffer);
  for (let entry = 0; entry < 3; entry++) {
    all.setUint32(table + 8 * entry, 0, true);
    all.setUint32(table + 8 * entry + 4, 600, true);
  }
  assert.throws(() => openNetwork(states), /state streams of their own/);
});

test("every cut ends in a typed error or a network", () => {
  for (let length = 0; length < small.bytes.length; length++) {
    try {
      openNetwork(small.bytes.subarray(0, length));
    } catch (error) {
      assert.instance(error, NolfetError);
      assert.is((error as NolfetError).code, "BAD_BLOB");
    }
  }
});

test.run();
