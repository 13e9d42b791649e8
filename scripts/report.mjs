// Builds dist/report.html, one file with all it needs but the document, which `nolfet report`
// puts into it.
import { readFileSync, writeFileSync } from "node:fs";
import { build } from "esbuild";
import { licencesOf } from "./licences.mjs";

export async function buildReport() {
  const { outputFiles, metafile } = await build({
    entryPoints: ["web/report/report.tsx"],
    outdir: "dist",
    write: false,
    bundle: true,
    minify: true,
    metafile: true,
    format: "iife",
    target: "es2022",
    logLevel: "warning",
  });
  const text = (extension) => outputFiles.find(({ path }) => path.endsWith(extension)).text.trim();
  const script = text(".js").replaceAll("</script", "<\\/script");
  const page = readFileSync("web/report/report.html", "utf8")
    .replace('<link rel="stylesheet" href="report.css">', () => `<style>${text(".css")}</style>`)
    .replace("THIRD-PARTY", () => licencesOf(metafile))
    .replace('<script src="report.js"></script>', () => `<script>${script}</script>`);
  writeFileSync("dist/report.html", page);
}
