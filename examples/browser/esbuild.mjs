// esbuild leaves `new URL(…, import.meta.url)` as it is: the page, the Wasm modules and the worker
// are put where these expressions look for them.
import { copyFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

await build({
  entryPoints: ["src/index.js", "src/worker.js"],
  bundle: true,
  format: "esm",
  outdir: "dist/esbuild/src",
});
for (const name of ["compiler", "emulator", "cpu"]) {
  const file = `${name}.wasm`;
  const module = fileURLToPath(import.meta.resolve(`nolfet/${file}`));
  await copyFile(module, `dist/esbuild/src/${file}`);
}
await copyFile("index.html", "dist/esbuild/index.html");
