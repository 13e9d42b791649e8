// Generates what the C library shares with the rest: flatc's header of the schema, what lies in its
// tables, the table of cores, the descriptors' layouts and the limits.
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { Missing } from "./missing.mjs";

export const GENERATED = "build/generated";

const SCHEMA = "host/blob/nolf.fbs";
const LAYOUT = "host/blob/layout.generated.ts";
const CORES = "assembly/targets/cores.ts";
const LAYOUTS = {
  Nn: "assembly/emulator/nn/fields.ts",
  Tp: "assembly/emulator/tp/fields.ts",
};
const GENERATIONS = "assembly/emulator/nn/generations";
const FIELD_LAYOUT = "assembly/emulator/layout.ts";
const SRAM = "assembly/emulator/nn/sram.ts";
const LIMITS = "assembly/targets/limits.ts";
const VERSION = "assembly/compiler/version.ts";
const CODES = "assembly/diagnostics/codes.ts";
const OPTIONS = "assembly/tflite/option.ts";
const COVERAGE = "assembly/tflite/coverage.ts";

/** What the generated files follow from. */
export const HEADER_SOURCES = [
  ...[SCHEMA, LAYOUT, CORES, LIMITS, VERSION, FIELD_LAYOUT, SRAM],
  ...[CODES, OPTIONS, COVERAGE, "package.json"],
  ...Object.values(LAYOUTS),
  ...readdirSync(GENERATIONS).map((file) => join(GENERATIONS, file)),
  "scripts/c-headers.mjs",
];

/** Of a core, in the order of struct Core (shim/c/core.h). */
const FIELDS = [
  ...["model", "revision", "product", "eco", "customer", "architecture", "coding"],
  ...["nnCores", "tpCores", "sramBytes", "zeroRunBits"],
  ...["inputBufferDepth", "accumulationBufferDepth"],
];

/** Of a generation, after its tables, in the order of struct Generation (shim/c/verify/generation.h). */
const GENERATION_FIELDS = [
  ...["flagsBorders", "highestTile", "narrowRows", "wideRows"],
  ...["accumulatorGroup", "columnThirds", "kernelThirds"],
];

/** Throws Missing without flatc. */
export function generateHeaders() {
  mkdirSync(GENERATED, { recursive: true });
  const { status, stderr } = spawnSync("flatc", ["--cpp", "-o", GENERATED, SCHEMA]);
  if (status === null) throw new Missing("no flatc, which Debian packs as flatbuffers-compiler");
  if (status !== 0) throw new Error(`flatc: ${stderr}`);
  const write = (name, lines) => writeFileSync(join(GENERATED, name), `${lines.join("\n")}\n`);
  write("cores.generated.inc", load(CORES).CORES.map(coreRow));
  write("limits.generated.inc", [
    ...numbers({ ...load(LIMITS), ...load(VERSION) }, "uint64_t"),
    `constexpr char kVersion[] = "${JSON.parse(readFileSync("package.json", "utf8")).version}";`,
  ]);
  write("codes.generated.inc", texts("kCodes", namesOf(load(CODES).Code)));
  write("options.generated.inc", [
    `enum class Option { ${namesOf(load(OPTIONS).Option).join(", ")} };`,
  ]);
  const covered = load(COVERAGE).COVERAGE.map(({ operator }) => operator);
  write("coverage.generated.inc", texts("kCovered", covered));
  write(
    "generations.generated.inc",
    generationTables(load(join(GENERATIONS, "generations.ts")).GENERATIONS),
  );
  write(
    "fields.generated.inc",
    Object.entries(LAYOUTS).flatMap(([kind, module]) => fieldConstants(kind, load(module))),
  );
  write("sram.generated.inc", numbers(load(SRAM), "uint32_t"));
  write("layout.generated.inc", layoutTables(load(LAYOUT).LAYOUT));
}

function coreRow(core) {
  const numbers = FIELDS.map((field) => `0x${core[field].toString(16)}`);
  return `{"${core.name}", "${core.aliases}", ${numbers.join(", ")}},`;
}

/** The names of an enum whose members are numbered from 0 on, in that order. */
function namesOf(values) {
  const names = Object.keys(values).filter((name) => Number.isNaN(Number(name)));
  if (names.some((name, i) => values[name] !== i)) throw new Error(`${names} are not in order`);
  return names;
}

function texts(name, list) {
  return [`constexpr const char* ${name}[] = {${list.map((one) => `"${one}"`).join(", ")}};`];
}

/** The numbers that a module exports: MOST_ARENA_BYTES becomes kMostArenaBytes. */
function numbers(exported, type) {
  return Object.entries(exported).flatMap(([name, value]) => {
    if (typeof value !== "number") return [];
    const words = name.toLowerCase().split("_");
    const camel = words.map((word) => word[0].toUpperCase() + word.slice(1)).join("");
    return [`constexpr ${type} k${camel} = ${value};`];
  });
}

/** The words of either descriptor that each generation knows, and the table of generations. */
function generationTables(generations) {
  const kinds = Object.entries(LAYOUTS).map(([kind, module]) => [kind, load(module).layout]);
  return [
    ...generations.flatMap(({ architecture }) =>
      kinds.flatMap(([kind, layout]) => knownWords(kind, layout, architecture)),
    ),
    "constexpr Generation kGenerations[] = {",
    ...generations.map((generation) => {
      const { architecture } = generation;
      const words = kinds.map(([kind]) => `k${kind}OnV${architecture}`);
      const rest = GENERATION_FIELDS.map((field) => generation[field]);
      return `{${[architecture, ...words, ...rest].join(", ")}},`;
    }),
    "};",
  ];
}

/** By word: the bits that known values do not agree on, and the value of all others. */
function knownWords(kind, layout, architecture) {
  return [
    `constexpr KnownWord k${kind}OnV${architecture}[k${kind}Words] = {`,
    ...Array.from({ length: layout.words }, (_, word) => wordRow(layout, word, architecture)),
    "};",
  ];
}

/** kNnKernelX, and likewise every field and list of fields that a layout's module exports. */
function fieldConstants(kind, { layout, ...exported }) {
  const constants = Object.entries(exported).map(([name, value]) => {
    const constant = `k${kind}${name[0].toUpperCase()}${name.slice(1)}`;
    if (!Array.isArray(value)) return `constexpr Field ${constant} = ${fieldRow(value)};`;
    return `constexpr Field ${constant}[] = {${value.map(fieldRow).join(", ")}};`;
  });
  return [`constexpr uint32_t k${kind}Words = ${layout.words};`, ...constants];
}

function fieldRow({ word, high, low }) {
  return `{${word}, ${high}, ${low}}`;
}

function wordRow({ fields }, word, architecture) {
  let [varying, value] = [0, 0];
  for (const field of fields) {
    if (field.word !== word) continue;
    const [every, some] = bitsOf(field.knownOn(architecture));
    varying |= ((some & ~every) << field.low) & field.mask;
    value |= (every << field.low) & field.mask;
  }
  const hex = (bits) => `0x${(bits >>> 0).toString(16)}`;
  return `{${hex(varying)}, ${hex(value)}},`;
}

/** The bits that are set in every value that is known, and those that are set in some. */
function bitsOf(known) {
  const values = Array.from({ length: 32 }, (_, value) => value).filter((value) =>
    known.has(value),
  );
  if (values.length === 32) return [0, -1];
  if (values.length === 0) return [known.bits, known.bits];
  return [values.reduce((a, b) => a & b), values.reduce((a, b) => a | b)];
}

/** What lies in the slots of every table, in the terms of shim/c/structure.cc. */
function layoutTables({ identifier, root, tables }) {
  const names = Object.keys(tables);
  const indexOf = (name) => (name === null ? -1 : names.indexOf(name));
  const slot = ({ kind, bytes = 4, align = bytes, table = null, tables: union = [] }) => {
    const targets = kind === "union" ? union.map(indexOf) : [indexOf(table)];
    return `{Kind::${kind.toUpperCase()}, ${bytes}, ${align}, {${targets.join(", ")}}},`;
  };
  return [
    `constexpr char kIdentifier[] = "${identifier}";`,
    `constexpr int kRoot = ${indexOf(root)};`,
    "const std::vector<std::vector<Slot>> kTables = {",
    ...names.map((name) => `{ // ${name}\n${tables[name].map(slot).join("\n")}\n},`),
    "};",
  ];
}

/** What a module exports that is TypeScript, too. */
function load(module) {
  const options = { bundle: true, write: false, format: "iife", globalName: "exported" };
  const [{ text }] = buildSync({ entryPoints: [module], ...options }).outputFiles;
  return new Function(`${text}; return exported;`)();
}
