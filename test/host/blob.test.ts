import { readFileSync } from "node:fs";
import { Builder } from "flatbuffers";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { FORMAT_VERSION } from "../../assembly/compiler/version.ts";
import { CORES } from "../../assembly/targets/cores.ts";
import { LAYOUT } from "../../host/blob/layout.generated.ts";
import * as nolf from "../../host/blob/nolf.generated.ts";
import { compile, NolfetError, openBlob, Session } from "../../host/index.ts";
import { Random } from "../support/random.ts";
import { BlobEditor, seal } from "./blob-editor.ts";
import { fails } from "./errors.ts";
import { classifierModel, perChannelModel, pixels } from "./models.ts";

const blob = await compile(classifierModel(), { target: "a311d" });

test("opens what the compiler wrote", () => {
  const { core, tensors, inputs, outputs, operators, segments, constants } = openBlob(blob);
  assert.is(core.name, "vipnano-qi.a311d");
  assert.equal(
    operators.map(({ name, placement }) => [name, placement]),
    [
      ["CONV_2D", "NPU"],
      ["AVERAGE_POOL_2D", "NPU"],
      ["RESHAPE", "NPU"],
      ["SOFTMAX", "CPU"],
    ],
  );
  assert.equal(
    segments.map(({ placement }) => placement),
    ["NPU", "CPU"],
  );
  assert.equal(tensors[inputs[0] as number]?.shape, [1, 8, 8, 8]);
  assert.equal(tensors[outputs[0] as number]?.quantization.scales, [1 / 256]);
  assert.equal((constants.byteOffset - blob.byteOffset) % 64, 0);
});

test("opens files from before the last field of operators", async () => {
  const editor = new BlobEditor(
    await compile(perChannelModel(), { target: "a311d", jobBudget: 2 }),
  );
  const table = editor.root.operators(0) as nolf.Operator;
  assert.is(table.inputCopies(), 1);
  const vtable = table.bb_pos - editor.view.getInt32(table.bb_pos, true);
  const slots = LAYOUT.tables.Operator?.length ?? 0;
  assert.is(editor.view.getUint16(vtable, true), 4 + 2 * slots);
  editor.view.setUint16(vtable, 4 + 2 * (slots - 1), true);
  const [older] = openBlob(editor.sealed()).operators;
  assert.is(older?.inputCopies, 0);
  assert.is(older?.channelGroups, 1);
});

test("does not depend on where the bytes lie in their buffer", () => {
  for (const start of [1, 2, 4]) {
    const buffer = new Uint8Array(blob.length + start);
    buffer.set(blob, start);
    assert.equal(openBlob(buffer.subarray(start)), openBlob(blob));
  }
});

test("refuses every damaged byte", async () => {
  // All of the metadata, and each hundredth byte of the constants.
  const { constants } = openBlob(blob);
  const first = constants.byteOffset - blob.byteOffset;
  for (let at = 0; at < blob.length; at++) {
    const inConstants = at >= first && at < first + constants.length;
    if (inConstants && at % 100 !== 0) continue;
    const damaged = blob.slice();
    damaged[at] = (damaged[at] as number) ^ (1 << (at % 8));
    await fails("BAD_BLOB", () => openBlob(damaged));
  }
});

test("refuses every truncated file", async () => {
  for (let length = 0; length < blob.length; length += length < 200 ? 1 : 97) {
    await fails("BAD_BLOB", () => openBlob(blob.slice(0, length)));
  }
});

test("tells what is wrong with a file of another kind", async () => {
  const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0);
  const error = await fails("BAD_BLOB", () => openBlob(png));
  assert.equal(error.location, { kind: "BYTE", at: 4 });
  assert.is(error.expected, "the identifier NOLF");
});

/** An edit of a sound blob, and what must be said about it. */
const REFUSED: [name: string, edit: (editor: BlobEditor) => void, expected: RegExp][] = [
  [
    "another version",
    (e) => e.view.setUint32(e.position(e.root, "Blob", "version"), 99, true),
    /version 2 of the format, found version 99/,
  ],
  [
    "another core",
    (e) => {
      const target = e.root.target() as nolf.Target;
      e.view.setUint32(e.position(target, "Target", "customer"), 0x77, true);
    },
    /customer 0x88 of vipnano-qi.a311d, found 0x77/,
  ],
  [
    "an unaligned address",
    (e) => e.view.setUint32(e.position(e.root, "Blob", "arena_address"), 0x40000004, true),
    /begin a page/,
  ],
  [
    "an address that the kernel does not give out",
    (e) => e.view.setUint32(e.position(e.root, "Blob", "arena_address"), 0, true),
    /an address of arena from 4 MiB on, found 0/,
  ],
  [
    "an empty stream",
    (e) => e.view.setUint32(e.elements(e.root, "Blob", "init") - 4, 0, true),
    /set the NPU up and run segment 0, found an empty one/,
  ],
  [
    "overlapping buffers",
    (e) => {
      const address = e.root.constantsAddress();
      e.view.setUint32(e.position(e.root, "Blob", "arena_address"), address, true);
    },
    /constants and arena apart/,
  ],
  [
    "an arena beyond the address space",
    (e) => e.view.setUint32(e.position(e.root, "Blob", "arena_bytes"), 0xfffff000, true),
    /an arena of at most 536870912 bytes, found 4294963200/,
  ],
  [
    "an input that is no tensor",
    (e) => e.view.setUint32(e.elements(e.root, "Blob", "inputs"), 1000, true),
    /an input of the model below \d+, found 1000/,
  ],
  [
    "an output that nothing computes",
    (e) => e.view.setUint32(e.elements(e.root, "Blob", "outputs"), 1, true),
    /in tensor 1: expected what the model's output reads to be computed before/,
  ],
  [
    "an input that is also computed",
    (e) => {
      const output = e.root.outputs(0) as number;
      e.view.setUint32(e.elements(e.root, "Blob", "inputs"), output, true);
    },
    /computed before|one value of every tensor/,
  ],
  [
    "a negative extent",
    (e) => {
      const tensor = e.root.tensors(3) as nolf.Tensor;
      e.view.setInt32(e.elements(tensor, "Tensor", "shape"), -1, true);
    },
    /in tensor 3: expected extents from 0 on, found -1/,
  ],
  [
    "an enormous tensor",
    (e) => {
      const tensor = e.root.tensors(3) as nolf.Tensor;
      e.view.setInt32(e.elements(tensor, "Tensor", "shape"), 0x7fffffff, true);
    },
    /in tensor 3: expected a tensor of at most 768 MiB/,
  ],
  [
    "an unknown dtype",
    (e) => {
      const tensor = e.root.tensors(2) as nolf.Tensor;
      e.view.setUint8(e.position(tensor, "Tensor", "dtype"), 77);
    },
    /in tensor 2: expected a known dtype, found 77/,
  ],
  [
    "a binding outside the arena",
    (e) => {
      e.view.setUint32(e.position(e.root, "Blob", "arena_bytes"), 64, true);
    },
    /the arena in segment 0 inside 64 bytes/,
  ],
  [
    "a binding of another size",
    (e) => {
      const binding = e.root.segments(0)?.inputs(0) as nolf.Binding;
      e.view.setUint32(e.position(binding, "Binding", "bytes"), 511, true);
    },
    /expected 512 bytes bound in segment 0, found 511 bytes/,
  ],
  [
    "a descriptor outside the constants",
    (e) => {
      const job = e.root.segments(0)?.jobs(1) as nolf.Job;
      e.view.setUint32(e.position(job, "Job", "descriptor"), 0xffffff80, true);
    },
    /in job 1: expected the descriptor inside \d+ bytes/,
  ],
  [
    "an operator that is on the other side",
    (e) => {
      const operator = e.root.operators(0) as nolf.Operator;
      e.view.setInt32(e.elements(e.root.segments(1) as nolf.Segment, "Segment", "operators"), 0);
      assert.is(operator.placement(), 0);
    },
    /in operator 0: expected the placement of segment 1, CPU, found NPU/,
  ],
  [
    "a relocation outside",
    (e) => {
      const segment = e.root.segments(0) as nolf.Segment;
      const first = e.elements(segment, "Segment", "relocations");
      e.view.setUint32(first + 4, 0xfffffff0, true);
    },
    /a relocated word of segment 0 inside \d+ bytes/,
  ],
  [
    "a buffer outside the arena",
    (e) => e.view.setUint32(firstValue(e), 0xfffffff0, true),
    /a buffer in the arena in segment 0 inside \d+ bytes/,
  ],
  [
    "a buffer that is kept for less than no time",
    (e) => e.view.setInt32(firstValue(e) + 8, 1000, true),
    /a buffer kept between jobs of segment 0, found from 1000 to/,
  ],
  [
    "a buffer of no tensor",
    (e) => e.view.setInt32(firstValue(e) + 16, 1000, true),
    /the tensor of a buffer in segment 0 below \d+, found 1000/,
  ],
];

function firstValue(editor: BlobEditor): number {
  return editor.elements(editor.root.segments(0) as nolf.Segment, "Segment", "buffers");
}

for (const [name, edit, expected] of REFUSED) {
  test(`refuses ${name}`, async () => {
    const editor = new BlobEditor(blob);
    edit(editor);
    const error = await fails("BAD_BLOB", () => openBlob(editor.sealed()));
    assert.match(error.message, expected);
  });
}

test("refuses a vector of words instead of one of tables", async () => {
  const editor = new BlobEditor(blob);
  const segment = editor.root.segments(0) as nolf.Segment;
  const vector = editor.elements(segment, "Segment", "stream");
  const jobs = editor.position(segment, "Segment", "jobs");
  editor.view.setUint32(jobs, vector - 4 - jobs, true);
  await fails("BAD_BLOB", () => openBlob(editor.sealed()));
});

test("refuses shared parts that would take long to read", async () => {
  // 20,000 references to one segment, which has as many to one job: 200 kB that say 400 million.
  const COUNT = 20_000;
  const builder = new Builder(1024);
  const repeat = (offset: number) => {
    builder.startVector(4, COUNT, 4);
    for (let i = 0; i < COUNT; i++) builder.addOffset(offset);
    return builder.endVector();
  };
  builder.startObject(14);
  const job = builder.endObject();
  const jobs = repeat(job);
  nolf.Segment.startSegment(builder);
  nolf.Segment.addJobs(builder, jobs);
  const segments = repeat(nolf.Segment.endSegment(builder));
  nolf.Blob.startBlob(builder);
  nolf.Blob.addSegments(builder, segments);
  builder.finish(builder.endObject(), "NOLF");
  const error = await fails("BAD_BLOB", () => openBlob(builder.asUint8Array()));
  assert.match(error.message, /expected parts that do not overlap/);
});

/** A file of 10 MB whose segments, or what else there may be many of, are all one and the same table. */
function fileOf(count: number, part: (builder: Builder) => number, field: keyof typeof nolf.Blob) {
  const builder = new Builder(1 << 24);
  const one = part(builder);
  builder.startVector(4, count, 4);
  for (let i = 0; i < count; i++) builder.addOffset(one);
  const all = builder.endVector();
  const name = builder.createString(CORES[0]?.name ?? "");
  const filler = builder.createString(" ".repeat(Math.max(0, 1e7 - 4 * count)));
  nolf.Target.startTarget(builder);
  nolf.Target.addName(builder, name);
  for (const [add, key] of IDENTITY)
    (nolf.Target[add] as (b: Builder, value: number) => void)(builder, CORES[0]?.[key] as number);
  const target = nolf.Target.endTarget(builder);
  nolf.Blob.startBlob(builder);
  nolf.Blob.addVersion(builder, FORMAT_VERSION);
  nolf.Blob.addCompiler(builder, filler);
  nolf.Blob.addTarget(builder, target);
  nolf.Blob.addChecksum(builder, 1);
  (nolf.Blob[field] as (b: Builder, offset: number) => void)(builder, all);
  builder.finish(builder.endObject(), "NOLF");
  const bytes = builder.asUint8Array();
  return seal(new Uint8Array(bytes.subarray(0, bytes.length & ~3)));
}

const IDENTITY = [
  ["addModel", "model"],
  ["addRevision", "revision"],
  ["addProduct", "product"],
  ["addEco", "eco"],
  ["addCustomer", "customer"],
  ["addArchitecture", "architecture"],
] as const;

const SHARED_PARTS: [what: string, field: keyof typeof nolf.Blob, (b: Builder) => number][] = [
  [
    "segments",
    "addSegments",
    (b) => {
      nolf.Segment.startSegment(b);
      return nolf.Segment.endSegment(b);
    },
  ],
  [
    "tensors",
    "addTensors",
    (b) => {
      nolf.Tensor.startTensor(b);
      return nolf.Tensor.endTensor(b);
    },
  ],
  [
    "operators",
    "addOperators",
    (b) => {
      nolf.Operator.startOperator(b);
      return nolf.Operator.endOperator(b);
    },
  ],
];

/** Milliseconds that opening any file of 10 MB may take. */
const MOST_OPENING = 2000;

for (const [what, field, part] of SHARED_PARTS) {
  test(`opens 10 MB of shared ${what} in two seconds, or refuses them`, async () => {
    for (const count of [100_000, 250_000, 400_000, 2_000_000]) {
      const file = fileOf(count, part, field);
      const before = process.cpuUsage();
      try {
        openBlob(file);
      } catch (error) {
        assert.is((error as NolfetError).code, "BAD_BLOB", `${error}`);
      }
      const { user, system } = process.cpuUsage(before);
      const took = (user + system) / 1000;
      assert.ok(took < MOST_OPENING, `${count} took ${took} ms`);
    }
  });
}

test("survives whatever else a blob is made to say", async () => {
  const random = new Random(20260);
  const EXTREMES = [0, 1, 0x7fffffff, 0x80000000, 0xffffffff, 0xfffffffc, 0x10000];
  const counts = { opened: 0, refused: 0 };
  for (let round = 0; round < 3000; round++) {
    const mutant = blob.slice();
    const view = new DataView(mutant.buffer);
    for (let edits = 1 + random.below(3); edits > 0; edits--) {
      const at = 8 + random.below(mutant.length - 12);
      if (random.oneIn(2)) mutant[at] = random.below(256);
      else view.setUint32(at & ~3, random.pick(EXTREMES), true);
    }
    try {
      const session = await Session.create(sealIfPossible(mutant), { device: "emulator" });
      counts.opened++;
      const [input] = session.inputs;
      if (input && session.inputs.length === 1 && input.dtype === "uint8") {
        const size = input.shape.reduce((a, b) => a * b, 1);
        if (size < 10_000) await session.run({ [input.name]: pixels(round, size) });
      }
    } catch (error) {
      assert.instance(error, NolfetError, `round ${round}: ${error}`);
      assert.is.not((error as NolfetError).code, "INTERNAL", `round ${round}: ${error}`);
      counts.refused++;
    }
  }
  assert.ok(counts.opened > 100 && counts.refused > 100, JSON.stringify(counts));
});

function sealIfPossible(mutant: Uint8Array): Uint8Array {
  try {
    return seal(mutant);
  } catch {
    return mutant;
  }
}

test("the layout that is verified is the schema's", () => {
  const schema = readFileSync(new URL("../../host/blob/nolf.fbs", import.meta.url), "utf8");
  const tables = [
    ...schema.replace(/\/\/.*$|\([^)]*\)/gm, "").matchAll(/table (\w+) \{([^}]*)\}/g),
  ];
  assert.is(tables.length, Object.keys(LAYOUT.tables).length);
  for (const [, name = "", body = ""] of tables) {
    const fields = [...body.matchAll(/(\w+):/g)].map(([, field]) => field);
    const slots = LAYOUT.tables[name]?.filter(({ name }) => !name.endsWith("_type")) ?? [];
    assert.equal(
      slots.map((slot) => slot.name),
      fields,
    );
  }
});

test.run();
