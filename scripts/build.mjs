// Builds everything that runs: the Wasm modules with asc, the host bundles and the page of
// `nolfet report` with esbuild; then the types of the library.
import { mkdirSync, writeFileSync } from "node:fs";
import asc from "assemblyscript/asc";
import { build } from "esbuild";
import { licencesOf } from "./licences.mjs";
import { buildReport } from "./report.mjs";
import { declareTypes } from "./types.mjs";

mkdirSync("dist", { recursive: true });

for (const module of ["compiler", "emulator", "cpu", "importer"]) {
  const { error, stderr } = await asc.main([`assembly/${module}/index.ts`, "--target", module]);
  if (error) {
    process.stderr.write(stderr.toString());
    process.exit(1);
  }
}

const shared = { bundle: true, format: "esm", target: "es2022", logLevel: "warning" };
const node = { ...shared, platform: "node", packages: "external" };
await build({ ...node, entryPoints: ["host/index.ts"], outfile: "dist/index.js" });
await build({
  ...node,
  entryPoints: ["host/cli/main.ts"],
  outfile: "dist/cli.js",
  banner: { js: "#!/usr/bin/env node" },
});
const { metafile } = await build({
  ...shared,
  platform: "browser",
  entryPoints: ["host/browser.ts"],
  outfile: "dist/browser.js",
  metafile: true,
});
writeFileSync("dist/third-party.txt", licencesOf(metafile));

await buildReport();

if (!declareTypes()) process.exit(1);
