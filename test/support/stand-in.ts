import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findTarget } from "../../host/targets.ts";
import { kernelHeaders, type ProductOptions } from "../../scripts/shim.mjs";
import type { Submission } from "../stand-in/submission.ts";

// The stand-in kernel (test/stand-in): compiled once, its core run as a process of its own.

const SOURCES = fileURLToPath(new URL("../stand-in", import.meta.url));
const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Which call of its kind fails, in each opened node anew; test/stand-in/kernel.h tells more. */
export interface Faults {
  "no-memory"?: number;
  invalid?: number;
  stuck?: number;
  gone?: number;
  interrupted?: number;
  slow?: number;
}

/** A node below /dev/dri. */
export interface NodeDescription {
  driver?: string;
  version?: [major: number, minor: number];
  /** Names of the cores after it, in the order of their pipes. */
  cores?: string[];
  /** Version of the MMU. */
  mmu?: number;
  /** The least address that submissions may ask for. */
  softpin?: number;
  faults?: Faults;
}

export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** A way to compile C and to run what it becomes. */
export interface Build {
  compiler: string;
  flags: string[];
  /** What runs programs of another machine. */
  launcher: string[];
  /** A library of the compiler's that is to be loaded before any other. */
  runtime?: string;
  /** How scripts/shim.mjs compiles its products the same way. */
  product: ProductOptions;
}

/** As it comes; stopping at bad memory accesses, leaks and undefined behaviour; for boards. */
export const BUILDS = {
  plain: { compiler: "gcc", flags: [], launcher: [], product: {} },
  sanitized: {
    compiler: "gcc",
    flags: ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"],
    launcher: [],
    runtime: "libasan.so",
    product: { sanitize: true },
  },
  arm64: {
    compiler: "aarch64-linux-gnu-gcc",
    flags: [],
    launcher: ["qemu-aarch64", "-L", "/usr/aarch64-linux-gnu"],
    product: { arch: "arm64" },
  },
} satisfies Record<string, Build>;

/** Whether all that a build needs is there. If not, says once what is skipped. */
export function hasTools(what: string, { compiler, launcher }: Build = BUILDS.plain): boolean {
  const absent = [compiler, ...launcher.slice(0, 1)].find((tool) => {
    return spawnSync(tool, ["--version"]).status !== 0;
  });
  if (absent) console.log(`skipped: ${what} (no ${absent})`);
  return absent === undefined;
}

const STRICT = ["-std=gnu11", "-O1", "-g", "-Wall", "-Wextra", "-Werror"];

const compiled = new Map<string, string>();

/** Compiles into a temporary folder, the same only once, and gives the file. */
function compileC({ compiler, flags }: Build, args: string[]): string {
  const key = [compiler, ...flags, ...args].join(" ");
  const known = compiled.get(key);
  if (known) return known;
  const folder = mkdtempSync(join(tmpdir(), "nolfet-stand-in-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "out");
  execFileSync(compiler, [...STRICT, ...flags, ...args, "-o", file], { cwd: SOURCES });
  compiled.set(key, file);
  return file;
}

/** Compiles the stand-in, and gives what is to be preloaded. */
function preloaded(build: Build): string {
  const sources = readdirSync(SOURCES).filter((name) => name.endsWith(".c"));
  const library = compileC(build, ["-shared", "-fPIC", "-pthread", ...sources, "-ldl"]);
  if (!build.runtime) return library;
  const query = [`-print-file-name=${build.runtime}`];
  const runtime = execFileSync(build.compiler, query, { encoding: "utf8" });
  return `${runtime.trim()}:${library}`;
}

/** Compiles what has calls fail: test/stand-in/starve/starve.c tells more. */
function starving(): string {
  return compileC(BUILDS.plain, ["-shared", "-fPIC", "-shared-libgcc", "starve/starve.c", "-ldl"]);
}

/** Compiles a program of `test/stand-in/driver`, by its name. */
export function compileDriver(name: string, build: Build = BUILDS.plain): string {
  return compileC(build, ["-D_GNU_SOURCE", ...kernelHeaders(build.compiler), `driver/${name}.c`]);
}

/** A machine with the nodes described, and an emulated core to execute what they are given. */
export class StandIn {
  private constructor(
    readonly folder: string,
    private readonly preload: string,
    private readonly launcher: string[],
    private readonly executor: ReturnType<typeof spawn>,
  ) {}

  static async create(
    nodes: Record<string, NodeDescription> = { renderD128: { cores: ["a311d"] } },
    build: Build = BUILDS.plain,
  ): Promise<StandIn> {
    const folder = mkdtempSync(join(tmpdir(), "nolfet-kernel-"));
    mkdirSync(join(folder, "dri"));
    writeFileSync(join(folder, "starve"), new BigInt64Array(4));
    const program = join(SOURCES, "executor.ts");
    const executor = spawn(process.execPath, ["--import", "tsx", program, folder], {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const standIn = new StandIn(folder, preloaded(build), build.launcher, executor);
    for (const [name, node] of Object.entries(nodes)) standIn.describe(name, node);
    await once(executor.stdout as NodeJS.ReadableStream, "data");
    return standIn;
  }

  /** Makes a node, or another one of it for whoever opens it from now on. */
  describe(name: string, node: NodeDescription): void {
    const { driver = "etnaviv", version = [1, 4], mmu = 2, softpin = 0x400000 } = node;
    const lines = [`driver ${driver}`, `version ${version.join(" ")}`, `mmu ${mmu}`];
    lines.push(`softpin 0x${softpin.toString(16)}`);
    for (const core of node.cores ?? []) {
      const { model, revision, product, customer, eco } = findTarget(core).core;
      const numbers = [model, revision, product, customer, eco].map((n) => `0x${n.toString(16)}`);
      lines.push(`pipe ${numbers.join(" ")}`);
    }
    for (const [fault, count] of Object.entries(node.faults ?? {})) {
      lines.push(`fault ${fault} ${count}`);
    }
    writeFileSync(join(this.folder, "dri", name), `${lines.join("\n")}\n`);
  }

  /**
   * Runs a program of the build's there. Calls of the shared object that $NOLFET_STARVED names fail
   * where the program asks for that.
   */
  run(command: string, args: string[] = [], extra: NodeJS.ProcessEnv = {}): Promise<Outcome> {
    const env: NodeJS.ProcessEnv = { ...process.env, NOLFET_STAND_IN: this.folder, ...extra };
    const preload = extra.NOLFET_STARVED ? `${starving()}:${this.preload}` : this.preload;
    const [emulator, ...options] = this.launcher;
    const line = emulator
      ? [emulator, ...options, "-E", `LD_PRELOAD=${preload}`, command, ...args]
      : [command, ...args];
    if (!emulator) env.LD_PRELOAD = preload;
    return new Promise((resolve, reject) => {
      const child = spawn(line[0] as string, line.slice(1), { cwd: ROOT, env });
      const outcome: Outcome = { code: null, stdout: "", stderr: "" };
      for (const name of ["stdout", "stderr"] as const) {
        child[name].setEncoding("utf8").on("data", (text: string) => {
          outcome[name] += text;
        });
      }
      child.on("error", reject);
      child.on("close", (code) => resolve({ ...outcome, code }));
    });
  }

  /** What has been executed so far. Throws where the emulator refused any of it. */
  submissions(): Submission[] {
    const submissions = this.lines("submissions").map((line) => JSON.parse(line) as Submission);
    const refused = submissions.find(({ error }) => error);
    if (refused) throw new Error(refused.error);
    return submissions;
  }

  /** What the kernel refused so far: the errno's name, then the reason. */
  refusals(): string[] {
    return this.lines("refusals");
  }

  /** Forgets submissions and refusals. */
  forget(): void {
    for (const name of ["submissions", "refusals"])
      rmSync(join(this.folder, name), { force: true });
  }

  async close(): Promise<void> {
    this.executor.kill();
    await once(this.executor, "exit");
    rmSync(this.folder, { recursive: true, force: true });
  }

  private lines(name: string): string[] {
    const path = join(this.folder, name);
    if (!existsSync(path)) return [];
    return readFileSync(path, "utf8").trimEnd().split("\n");
  }
}
