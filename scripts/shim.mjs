// Compiles what is native: one command line for each product, with whatever C++ compiler is there.
// Nothing is downloaded: Node's headers come from npm, the kernel's from the system.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { GENERATED, generateHeaders, HEADER_SOURCES } from "./c-headers.mjs";
import { Missing } from "./missing.mjs";
import { CONVERTED, convert } from "./wasm2c.mjs";

export { Missing };

/** Compilers by Node's names of architectures; `CXX` names the machine's own. */
const CROSS = { x64: "x86_64-linux-gnu-g++", arm64: "aarch64-linux-gnu-g++" };
const OWN = [process.env.CXX, "g++", "clang++"].filter(Boolean);

/**
 * Where <drm/etnaviv_drm.h> may lie: among the compiler's own headers; among those that Debian
 * has for cross-compilers; or in the sources of kernel headers, which mark pointers with a word
 * that compilers do not know. Both are searched last, so that nothing else is taken from there.
 */
const KERNEL_HEADERS = [
  [],
  ["-idirafter", "/usr/aarch64-linux-gnu/include"],
  ...kernelSources().map((folder) => ["-D__user=", "-idirafter", folder]),
];

const NODE_HEADERS = ["node_modules/node-addon-api", "node_modules/node-api-headers/include"];

const COMMON = ["-Wall", "-Wextra", "-fvisibility=hidden"];
const CPP = ["-std=c++17"];
/** Overflows on the stack and in buffers of known size end the process; linkage is read-only. */
const HARDENED = [
  "-fstack-protector-strong",
  "-fstack-clash-protection",
  "-U_FORTIFY_SOURCE",
  "-D_FORTIFY_SOURCE=2",
  "-Wl,-z,relro,-z,now,-z,noexecstack",
];
const RELEASE = ["-O2", "-s", ...HARDENED];
const SANITIZED = ["-O1", "-g", "-fno-omit-frame-pointer", "-fsanitize=address,undefined"];

/** Cross-compilers do not look where headers are that suit any machine: FlatBuffers' and wasm2c's. */
const SYSTEM_HEADERS = ["-idirafter", "/usr/include"];

/** The Wasm modules that are compiled into the library. */
const MODULES = ["compiler", "cpu", "emulator"];
const RUNTIME = ["wasm2c.h", "simd.h", "simd-instance.h", "trap.h", "runtime.c"].map((name) =>
  join("shim/wasm", name),
);
/** No exception passes through their code, which needs no tables for that. */
const C = ["-std=gnu11", "-O2", "-fPIC", "-fvisibility=hidden", "-fno-asynchronous-unwind-tables"];
/** Checks in the code would make the largest module larger by a quarter (shim/wasm/wasm2c.h). */
const GUARDED = { compiler: ["-DNOLFET_GUARDED"] };

/** What is made of the sources in which folders, and under which name. */
const PRODUCTS = {
  addon: {
    folders: ["shim/etnaviv", "shim/node"],
    flags: [
      ...CPP,
      "-shared",
      "-fPIC",
      "-DNAPI_VERSION=8",
      "-DNODE_ADDON_API_CPP_EXCEPTIONS",
      "-DNODE_ADDON_API_CPP_EXCEPTIONS_ALL", // which JavaScript gets, whatever C++ threw
      "-DNODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS", // for workers that are ended during a wait
      ...NODE_HEADERS.flatMap((folder) => ["-isystem", folder]),
    ],
    // Where node-gyp-build looks; "glibc" keeps it from being loaded where there is another libc.
    path: (arch) => `prebuilds/linux-${arch}/nolfet.glibc.node`,
  },
  library: {
    folders: ["shim/etnaviv", "shim/c", "shim/c/verify", "shim/wasm"],
    flags: [
      ...CPP,
      "-shared",
      "-fPIC",
      ...["-isystem", GENERATED, "-isystem", CONVERTED],
      ...SYSTEM_HEADERS,
    ],
    generate: generateHeaders,
    sources: [...HEADER_SOURCES, ...MODULES.map((name) => `dist/${name}.wasm`)],
    modules: MODULES,
    // Programs ask for it by this name, wherever it lay as they were linked.
    soname: "libnolfet.so.0",
    path: (arch) => `build/linux-${arch}/libnolfet.so.0`,
    link: "libnolfet.so", // where linkers look for it
  },
  delegate: {
    folders: ["shim/delegate"],
    flags: [...CPP, "-shared", "-fPIC", ...SYSTEM_HEADERS],
    library: "library",
    path: (arch) => `build/linux-${arch}/libnolfet_delegate.so`,
  },
  runner: {
    folders: ["shim/run"],
    flags: ["-std=gnu11", "-fPIE", "-pie", "-xc"],
    library: "library",
    path: (arch) => `build/linux-${arch}/nolfet-run`,
  },
};

/**
 * Compiles a product and gives its path; at once, where it is newer than all it is made of.
 * Throws Missing without a compiler or headers, and an Error with what the compiler says.
 */
export function compile(product, { arch = process.arch, sanitize = false } = {}) {
  const {
    folders,
    flags,
    path,
    library,
    soname,
    link,
    generate,
    sources: others = [],
    modules = [],
  } = PRODUCTS[product];
  const linked = library ? [compile(library, { arch, sanitize })] : [];
  const output = sanitize ? `build/sanitized/${path(arch)}` : path(arch);
  const files = folders.flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));
  if (isNewer(output, [...files, ...others, ...linked, "scripts/shim.mjs"])) return output;

  generate?.();
  const compiler = compilerFor(arch);
  const sources = files.filter((file) => (modules.length > 0 ? /\.cc$/ : /\.cc?$/).test(file));
  const objects = modules.length > 0 ? wasmObjects(compiler, arch, modules) : [];
  const kind = sanitize ? SANITIZED : RELEASE;
  mkdirSync(dirname(output), { recursive: true });
  const command = [
    ...COMMON,
    ...kind,
    ...flags,
    ...kernelHeaders(compiler),
    ...sources,
    ...objects,
  ];
  const named = soname ? [`-Wl,-soname,${soname}`, "-Wl,-z,defs"] : [];
  // A program finds its library beside itself.
  const libraries = linked.flatMap((file) => ["-xnone", file, "-Wl,-rpath,$ORIGIN:$ORIGIN/../lib"]);
  run(compiler, [...command, ...named, ...libraries, "-o", `${output}.part`]);
  renameSync(`${output}.part`, output);
  if (link) relink(join(dirname(output), link), basename(output));
  return output;
}

/**
 * The objects of Wasm modules and of their runtime. They take long to compile, and so are kept under
 * the hash of all that they are made of.
 */
function wasmObjects(compiler, arch, modules) {
  for (const name of modules) convert(name);
  return [...modules, "runtime"].map((name) => {
    const isRuntime = name === "runtime";
    const flags = [
      "-xc",
      ...C,
      ...HARDENED.slice(0, 4),
      ...(GUARDED[name] ?? []),
      ...SYSTEM_HEADERS,
    ];
    const module = [
      ...["-w", "-include", "shim/wasm/simd.h", `-DNOLFET_SIMD="${name}.simd.inc"`],
      ...["-I", CONVERTED, join(CONVERTED, `${name}.c`)],
    ];
    const source = isRuntime ? [...COMMON, "shim/wasm/runtime.c"] : module;
    const made = [...RUNTIME, ...(isRuntime ? [] : [join(CONVERTED, `${name}.c`)])];
    const folder = `build/linux-${arch}/objects`;
    const object = join(folder, `${name}-${hashOf([compiler, ...flags, ...source], made)}.o`);
    if (statSync(object, { throwIfNoEntry: false })) return object;
    mkdirSync(folder, { recursive: true });
    for (const old of readdirSync(folder))
      if (old.startsWith(`${name}-`)) rmSync(join(folder, old));
    run(compiler, [...flags, "-c", ...source, "-o", `${object}.part`]);
    renameSync(`${object}.part`, object);
    return object;
  });
}

function hashOf(texts, files) {
  const hash = createHash("sha256").update(texts.join("\n"));
  for (const file of files) hash.update(readFileSync(file));
  return hash.digest("hex").slice(0, 16);
}

function relink(path, target) {
  rmSync(path, { force: true });
  symlinkSync(target, path);
}

function isNewer(path, files) {
  const made = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return files.every((file) => statSync(file).mtimeMs < made);
}

function compilerFor(arch) {
  const candidates = [...(arch === process.arch ? OWN : []), CROSS[arch]].filter(Boolean);
  const found = candidates.find((name) => spawnSync(name, ["--version"]).status === 0);
  if (!found) throw new Missing(`no C++ compiler for ${arch} (${candidates.join(", ")})`);
  return found;
}

/** What to tell a compiler so that it finds the kernel's header. Throws Missing. */
export function kernelHeaders(compiler) {
  const input = "#include <drm/etnaviv_drm.h>\n";
  const compiles = (flags) =>
    spawnSync(compiler, ["-fsyntax-only", ...flags, "-xc++", "-"], { input }).status === 0;
  const found = KERNEL_HEADERS.find(compiles);
  if (!found) throw new Missing("no <drm/etnaviv_drm.h>, which the kernel's headers bring");
  return found;
}

function kernelSources() {
  const folders = ["/usr/src/*/include/uapi", "/lib/modules/*/build/include/uapi"];
  return folders.flatMap((folder) => {
    const [parent, rest] = folder.split("/*/");
    const exists = statSync(parent, { throwIfNoEntry: false });
    return exists ? readdirSync(parent).map((name) => join(parent, name, rest)) : [];
  });
}

function run(compiler, args) {
  const { status, stderr } = spawnSync(compiler, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${compiler} ${args.join(" ")}\n${stderr}`);
  process.stderr.write(stderr);
}
