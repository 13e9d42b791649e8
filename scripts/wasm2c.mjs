// Makes C of a Wasm module, by Debian's wabt, for whatever is to run without a Wasm engine. Wasm's
// bounds stay: every access is checked (shim/wasm).
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Missing } from "./missing.mjs";

export const CONVERTED = "build/wasm2c";

/** The version whose C the runtime in shim/wasm goes with: the names of functions differ in others. */
const VERSION = "1.0.32";

/** Converts dist/NAME.wasm to build/wasm2c/NAME.c and .h. Throws Missing without wabt. */
export function convert(name) {
  mkdirSync(CONVERTED, { recursive: true });
  const found = run("wasm2c", ["--version"]).trim();
  if (found !== VERSION) throw new Missing(`no wasm2c ${VERSION}, but ${found}`);
  const text = run("wasm2wat", ["--generate-names", join("dist", `${name}.wasm`)]);
  const { lowered, shuffles } = lowerVectors(text);
  const path = (extension) => join(CONVERTED, `${name}.${extension}`);
  writeFileSync(path("simd.inc"), shuffles);
  assemble(lowered, path("wat"), path("wasm"));
  run("wasm2c", ["--module-name", name, path("wasm"), "-o", path("c")]);
  const code = readFileSync(path("c"), "utf8");
  // An empty statement after each load, which keeps compilers from doing loads together.
  writeFileSync(path("c"), code.replace('wasm_asm("" ::"r"(result));', ""));
}

/** Only a validator knows which selections are of vectors, whose type Wasm wants to be told then. */
function assemble(text, source, output) {
  writeFileSync(source, text);
  const { status, stderr } = start("wat2wasm", [source, "-o", output]);
  if (status === 0) return;
  const untyped = [...stderr.matchAll(/:(\d+):\d+: error: type mismatch in select/g)];
  if (untyped.length === 0) throw new Error(`wat2wasm: ${stderr}`);
  const lines = text.split("\n");
  for (const [, line] of untyped) lines[line - 1] = `select (result ${V})`;
  assemble(lines.join("\n"), source, output);
}

const V = "externref";

/** A vector instruction: its name, its immediates, and the end of the function where it is the last. */
const VECTOR = /^ *((?:v128|[if]\d+x\d+)\.\w+) ?([^)]*)(\)*)$/;

/** What a global begins with; others are refused by wat2wasm. */
const ZERO = /\(v128\.const i32x4( 0x0+){4}\)/;

/**
 * Has vector instructions call functions that shim/wasm/simd.h defines, and vectors be external
 * references: wasm2c of this version knows no vectors. Text of a module, in and out.
 */
function lowerVectors(text) {
  // One is there always, so that instances of all modules are made alike.
  const imports = new Map([signature("v128_load")]);
  const shuffles = [];
  const lines = text.split("\n").map((line) => {
    const [, name, immediates, end] = VECTOR.exec(line) ?? [];
    if (name) return callOf(name, immediates, imports, shuffles).join(" ") + end;
    return line.replace(ZERO, "(ref.null extern)").replace(/\bv128\b/g, V);
  });
  const declared = [...imports].map(
    ([name, type]) => `  (import "simd" "${name}" (func $${name} ${type}))`,
  );
  const at = lines.findIndex((line) => line.startsWith("  (import") || line.startsWith("  (func"));
  lines.splice(at, 0, ...declared);
  const order = shuffles.map((lanes, i) => `SHUFFLE(${i}, ${lanes.split(" ").join(", ")})`);
  return { lowered: lines.join("\n"), shuffles: `${order.join("\n")}\n` };
}

/** Parameters and results by name, in the order of the first pattern that matches. */
const TYPES = [
  [/^v128_load/, "i32 i32", V],
  [/^v128_store/, `i32 ${V} i32`, ""],
  [/^v128_const/, "i64 i64", V],
  [/^i64x2_splat/, "i64", V],
  [/_splat$/, "i32", V],
  [/_extract_lane_/, V, "i64"],
  [/_shr_/, `${V} i32`, V],
  [/_abs$|_extend_/, V, V],
  [/./, `${V} ${V}`, V],
];

/** The lines that stand for an instruction; what they call joins the imports. */
function callOf(name, immediates, imports, shuffles) {
  const plain = name.replace(".", "_");
  if (/\.(load|store)/.test(name)) {
    const [, offset = "0", lane] =
      /^(?:offset=(\d+) ?)?(?:align=\d+ ?)?(\d+)?$/.exec(immediates) ?? refuse(name, immediates);
    return [`i32.const ${offset}`, call(lane ? `${plain}_${lane}` : plain)];
  }
  if (name === "v128.const") {
    const lanes = immediates.split(" ").slice(1).map(BigInt);
    const [a, b, c, d] = lanes;
    return [`i64.const ${a | (b << 32n)}`, `i64.const ${c | (d << 32n)}`, call(plain)];
  }
  if (name === "i8x16.shuffle") {
    if (!shuffles.includes(immediates)) shuffles.push(immediates);
    return [call(`${plain}_${shuffles.indexOf(immediates)}`)];
  }
  return [call(immediates ? `${plain}_${immediates}` : plain)];

  function call(target) {
    imports.set(...signature(target));
    return `call $${target}`;
  }
}

/** A function's name and type. */
function signature(name) {
  const [, parameters, results] = TYPES.find(([pattern]) => pattern.test(name));
  return [name, `(param ${parameters})${results && ` (result ${results})`}`];
}

function refuse(name, immediates) {
  throw new Error(`wasm2c.mjs does not know "${name} ${immediates}"`);
}

function start(tool, args) {
  const result = spawnSync(tool, args, { encoding: "utf8", maxBuffer: 2 ** 28 });
  if (result.error?.code !== "ENOENT") return result;
  throw new Missing(`no ${tool}, which Debian packs as wabt`);
}

function run(tool, args) {
  const { status, stdout, stderr } = start(tool, args);
  if (status !== 0) throw new Error(`${tool} ${args.join(" ")}\n${stderr}`);
  return stdout;
}
