// The licences of packages whose code esbuild puts into a bundle: they go where that goes.
import { readdirSync, readFileSync } from "node:fs";

/** What a bundle holds of others: each package with its licence, as one text. */
export function licencesOf({ inputs }) {
  const folders = Object.keys(inputs).flatMap((path) => {
    return path.match(/^node_modules\/(@[^/]+\/)?[^/]+/)?.[0] ?? [];
  });
  return [...new Set(folders)].sort().map(licenceIn).join("\n");
}

function licenceIn(folder) {
  const { name, version } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
  const file = readdirSync(folder).find((file) => /^licen[cs]e/i.test(file));
  if (!file) throw new Error(`${name} brings no licence`);
  return `${name} ${version}\n\n${readFileSync(`${folder}/${file}`, "utf8").trim()}\n`;
}
