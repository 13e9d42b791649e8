import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { CORES } from "../../assembly/targets/cores.ts";
import { TARGETS } from "../../host/index.ts";
import { codeBlocks, localLinks, ROOT, read } from "./documents.ts";
import { installPacked } from "./packed.ts";

const manifest = JSON.parse(read("package.json"));
const MANIFESTS = [".", "models/digits", "examples/browser"];
const DOCUMENTS = [
  ...["README.md", "CONTRIBUTING.md", "CHANGELOG.md"],
  ...readdirSync(join(ROOT, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
  ...["examples/browser/README.md", "models/digits/README.md", "test/measure/README.md"],
];

const folder = mkdtempSync(join(tmpdir(), "nolfet-package-"));
const installed = join(folder, "node_modules/nolfet");

const packed = installPacked(folder);
symlinkSync(join(ROOT, "node_modules"), join(installed, "node_modules"));
symlinkSync(join(ROOT, "node_modules/@types"), join(folder, "node_modules/@types"));
symlinkSync(join(ROOT, "models"), join(folder, "models"));

const [example = ""] = codeBlocks("README.md", "js");
const options = { cwd: ROOT, encoding: "utf8" } as const;

/** What is the same in every run and on every machine. */
function lasting(text: string): string {
  return text
    .trim()
    .replace(/^time: .*/m, "time: …")
    .replace(/emulator: .*\)/, "emulator: …)")
    .replace(/, Node .* on .*/, ", Node …");
}

/** The npm scripts that a document names: `npm run NAME`, and `npm test`. */
function scriptsNamedIn(file: string): string[] {
  const named = read(file).matchAll(/npm (?:run (?:--silent )?([\w:-]+)|(test))\b/g);
  return [...named].map(([, run, test]) => (run ?? test) as string);
}

/** Every file that a part of package.json names. */
function filesOf(entry: unknown): string[] {
  if (typeof entry === "string") return [entry.replace(/^\.\//, "")];
  return Object.values(entry as object).flatMap(filesOf);
}

test("holds what it exports, and neither sources nor machine-made odds and ends", () => {
  const missing = filesOf([manifest.exports, manifest.bin]).filter(
    (path) => !packed.includes(path),
  );
  assert.equal(missing, []);
  const strangers = packed.filter((path) => /^(assembly|test|scripts)\/|\.nolf$/.test(path));
  assert.equal(strangers, []);
});

test("brings the licences of what others wrote in its bundles", () => {
  assert.match(read("dist/third-party.txt"), /^flatbuffers [\d.]+\n\n\s*Apache License/m);
  assert.match(read("dist/report.html"), /^preact [\d.]+\n\nThe MIT License/m);
  assert.ok(packed.includes("dist/third-party.txt"));
});

test("the README's example runs with the package as installed", () => {
  const file = join(folder, "example.mjs");
  writeFileSync(file, example);
  const output = execFileSync(process.execPath, [file], options);
  assert.match(output, /^7: 0\.\d+\n/);
});

for (const [entry, conditions] of Object.entries({ node: [], browser: ["browser"] })) {
  test(`its types satisfy a strict project (${entry})`, () => {
    writeFileSync(join(folder, "example.ts"), example);
    const compilerOptions = {
      strict: true,
      noEmit: true,
      target: "es2022",
      module: "esnext",
      moduleResolution: "bundler",
      types: ["node"],
      customConditions: conditions,
    };
    const config = { compilerOptions, files: [entry === "node" ? "example.ts" : "page.ts"] };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
    writeFileSync(
      join(folder, "page.ts"),
      `import { type CompiledBlob, compile, locateModules } from "nolfet";
       locateModules({ compiler: "https://example.org/compiler.wasm" });
       const blob: CompiledBlob = await compile(new Uint8Array(), { target: "a311d" });
       const cores: number = blob.report.operators.length;
       console.log(cores);
       export {};`,
    );
    const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
    try {
      execFileSync(process.execPath, [tsc, "-p", folder], options);
    } catch (error) {
      assert.unreachable((error as { stdout: string }).stdout);
    }
  });
}

test("the two commands of the README, and all scripts that documents name, are there", () => {
  const commands = codeBlocks("README.md", "sh").map((block) => block.trim());
  assert.equal(commands, ["npm ci && npm run demo", "npm ci && npm test"]);
  for (const file of DOCUMENTS) {
    const directories = new Set([".", dirname(file)]);
    const known = [...directories]
      .filter((directory) => existsSync(join(ROOT, directory, "package.json")))
      .flatMap((directory) =>
        Object.keys(JSON.parse(read(`${directory}/package.json`)).scripts ?? {}),
      );
    assert.equal(
      scriptsNamedIn(file).filter((name) => !known.includes(name)),
      [],
      file,
    );
  }
});

test("CONTRIBUTING names every script that somebody would call", () => {
  const named = scriptsNamedIn("CONTRIBUTING.md");
  const hooks = ["prepack"];
  const untold = Object.keys(manifest.scripts).filter(
    (name) => ![...named, ...hooks].includes(name),
  );
  assert.equal(untold, []);
});

for (const file of ["README.md", "docs/devices.md"]) {
  test(`the session in ${file} goes as it says, times aside`, () => {
    const [session = ""] = codeBlocks(file, "console");
    for (const step of session.split(/^\$ /m).slice(1)) {
      const [command = "", ...told] = step.split("\n");
      const cli = `"${process.execPath}" "${join(ROOT, "dist/cli.js")}"`;
      const line = command.replace("npx nolfet", cli);
      const output = execFileSync("sh", ["-c", line], { ...options, cwd: folder });
      assert.is(lasting(output), lasting(told.join("\n")), command);
    }
  });
}

test("the README names cores of boards with all their aliases, their generation and their mark", () => {
  const rows = read("README.md").match(/^\| `[\w.+-]+`.*\| v\d+ \| \w+ \|$/gm) ?? [];
  assert.ok(rows.length >= 3);
  for (const row of rows) {
    const isRow = ({ name }: { name: string }) => row.startsWith(`| \`${name}\` `);
    const [target, core] = [TARGETS.find(isRow), CORES.find(isRow)];
    assert.ok(target && core, row);
    const { aliases, mark } = target;
    assert.ok(row.endsWith(`| v${core.architecture} | ${mark} |`), row);
    assert.ok(
      aliases.every((alias) => row.includes(`\`${alias}\``)),
      row,
    );
  }
});

test("links between documents lead somewhere", () => {
  const broken = DOCUMENTS.flatMap((file) =>
    localLinks(file)
      .filter((link) => !existsSync(join(ROOT, dirname(file), link)))
      .map((link) => `${file}: ${link}`),
  );
  assert.equal(broken, []);
});

for (const directory of MANIFESTS) {
  test(`the lock file in ${directory} is in step, and ties nobody to a registry`, () => {
    const { dependencies, devDependencies, version } = JSON.parse(
      read(`${directory}/package.json`),
    );
    const text = read(`${directory}/package-lock.json`);
    const lock = JSON.parse(text).packages[""];
    assert.equal(
      [lock.dependencies, lock.devDependencies, lock.version],
      [dependencies, devDependencies, version],
    );
    assert.not.match(text, /"resolved"/);
  });
}

test.after(() => rmSync(folder, { recursive: true }));
test.run();
