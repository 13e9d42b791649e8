// Builds the page into dist-web, for any static host; with --serve, serves it, too, and builds
// anew what is changed. `npm run build` comes first: the Wasm modules are taken from dist.
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { context } from "esbuild";
import { licencesOf } from "./licences.mjs";

const FOLDER = "dist-web";
const FILES = [
  "web/page/index.html",
  "web/page/icon.svg",
  "dist/compiler.wasm",
  "dist/emulator.wasm",
  "dist/cpu.wasm",
  "dist/importer.wasm",
  "models/digits/digits_uint8.tflite",
];

rmSync(FOLDER, { recursive: true, force: true });
mkdirSync(FOLDER);
for (const file of FILES) cpSync(file, `${FOLDER}/${basename(file)}`);

const page = await context({
  entryPoints: { page: "web/page/page.tsx", worker: "web/page/worker.ts" },
  outdir: FOLDER,
  bundle: true,
  minify: true,
  metafile: true,
  splitting: true,
  format: "esm",
  target: "es2022",
  logLevel: "warning",
});
const { metafile } = await page.rebuild();
writeFileSync(`${FOLDER}/third-party.txt`, licencesOf(metafile));

if (process.argv.includes("--serve")) {
  await page.watch();
  const { port } = await page.serve({ servedir: FOLDER, host: "127.0.0.1", port: 8080 });
  process.stdout.write(`http://localhost:${port}/\n`);
} else {
  await page.dispose();
}
