import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";

// Names of the code are the field's, and no two things share one.

/** Words that once stood for buffer assignment, coalescing, residual weights and others. */
const PRIVATE = [
  ...["homes", "claims", "halves", "lead", "idle", "activity", "workshop"],
  ...["readings", "remainder", "arrangement", "movejob", "stretch"],
];
/**
 * Types that several files export. Each means the same thing to all of them: a part of the network or
 * the blob, or a fact of the hardware that two hands hold.
 */
const SHARED = {
  // The network and the blob, as each part holds them.
  model: ["Activation", "Dtype", "Graph", "Operator", "Padding", "Quantization", "State", "Tensor"],
  blob: ["Blob", "Buffer", "BufferSlice", "Conversion", "Job", "Mark", "Segment", "Session"],
  // The hardware: the compiler, the emulator and the C library read it independently.
  hardware: ["Core", "Device", "Field", "FunctionTable", "Image", "Requantizer", "TpJob"],
  generations: ["Generation", "V7", "V8"],
  streams: ["CodedBytes", "Ring"],
  // One walk over weights for each of the two codings.
  codings: ["Sink", "Walk", "Writer"],
};

/** Files about addresses. `place` means to give one, and a place is what has one; elsewhere it is not used. */
const ABOUT_ADDRESSES = [
  "assembly/compiler/allocate/",
  "assembly/compiler/write/segments.ts",
  "assembly/emulator/memory/",
  "assembly/emulator/nn/caching.ts",
  "assembly/emulator/nn/resident-kernels.ts",
  "assembly/emulator/tp/",
  "docs/architecture.md",
  "host/devices/",
  "host/nbg/loader.ts",
  "host/shared-values.ts",
  "shim/c/kernels.cc",
  "shim/c/session.cc",
  "shim/c/verify/",
];

const FOLDERS = ["assembly", "host", "web"];
const files = FOLDERS.flatMap((folder) => filesOf(folder, /(?<!\.generated)\.tsx?$/));

function filesOf(folder: string, ending: RegExp): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => ending.test(name))
    .map((name) => `${folder}/${name}`);
}

const EXPORTED = /^export (?:abstract )?(?:class|enum|interface|type) (\w+)/gm;
const DECLARED = /^(?:class|struct|enum(?: class)?) (\w+)[^;]*$/gm;

const declarations = files.flatMap((file) =>
  [...readFileSync(file, "utf8").matchAll(/^(?:export )?(?:abstract )?(?:class|enum) (\w+)/gm)].map(
    ([, name]) => ({ file, name: name as string }),
  ),
);

test("no file or class has a private word for its name", () => {
  const bare = (name: string) => name.toLowerCase().replace(/[-_]/g, "");
  const found = [
    ...files.filter((file) => PRIVATE.includes(bare(basename(file, ".ts")))),
    ...declarations.map(({ name }) => name).filter((name) => PRIVATE.includes(bare(name))),
  ];
  assert.equal(found, []);
});

test("the schema has no private words", () => {
  const schema = readFileSync("host/blob/nolf.fbs", "utf8");
  const names = [...schema.matchAll(/^\s*(\w+):/gm)].map(([, name]) => name as string);
  assert.ok(names.includes("input_copies"));
  assert.equal(
    names.filter((name) => PRIVATE.includes(name)),
    [],
  );
});

test("a place is an address, and nothing else", () => {
  const texts = ["assembly", "docs", "host", "python", "scripts", "shim", "web"].flatMap((folder) =>
    filesOf(folder, /\.(?:[ch]|cc|fbs|md|mjs|py|tsx?)$/),
  );
  const found = [...texts, "README.md"].filter((file) =>
    /\b(?:places?|placed|placing)\b/i.test(readFileSync(file, "utf8")),
  );
  const isAboutAddresses = (file: string) =>
    ABOUT_ADDRESSES.some((start) => file.startsWith(start));
  assert.ok(found.some(isAboutAddresses));
  assert.equal(
    found.filter((file) => !isAboutAddresses(file)),
    [],
  );
});

test("a type that several files export means one thing", () => {
  const shared = new Set(Object.values(SHARED).flat());
  const several = [...exportedTypes()].filter(([, owners]) => owners.length > 1);
  assert.equal(
    several.filter(([name]) => !shared.has(name)).map(([name, owners]) => [name, ...owners]),
    [],
  );
  const unused = [...shared].filter((name) => !several.some(([other]) => other === name));
  assert.equal(unused, []);
});

/** The files that export a type. Classes of C++ count if a header has them. */
function exportedTypes(): Map<string, string[]> {
  const names = new Map<string, string[]>();
  const add = (file: string, pattern: RegExp) => {
    for (const [, name] of readFileSync(file, "utf8").matchAll(pattern)) {
      const owners = names.get(name as string) ?? [];
      if (!owners.includes(file)) names.set(name as string, [...owners, file]);
    }
  };
  for (const file of files) add(file, EXPORTED);
  for (const file of filesOf("shim", /\.h$/)) add(file, DECLARED);
  return names;
}

test("no folder of the compiler holds 30 % of its lines", () => {
  const lines = new Map<string, number>();
  for (const file of files.filter((name) => name.startsWith("assembly/compiler/"))) {
    const folder = file.split("/").slice(2, -1)[0] ?? ".";
    const count = readFileSync(file, "utf8").split("\n").length;
    lines.set(folder, (lines.get(folder) ?? 0) + count);
  }
  const all = [...lines.values()].reduce((a, b) => a + b, 0);
  for (const [folder, count] of lines) {
    assert.ok(count < 0.3 * all, `${folder}: ${((100 * count) / all).toFixed(1)} %`);
  }
});

test.run();
