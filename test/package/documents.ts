import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The folder of the checkout. */
export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** The code blocks of a Markdown file of the project, by the language that they name. */
export function codeBlocks(file: string, language: string): string[] {
  const blocks = read(file).matchAll(/^```(\w+)\n(.*?)^```$/gms);
  return [...blocks].filter(([, name]) => name === language).map(([, , code]) => code as string);
}

/** Targets of a Markdown file's links that lie in the project, without anchors. */
export function localLinks(file: string): string[] {
  const links = [...read(file).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target as string);
  return links.filter((target) => !/^(\w+:|#)/.test(target)).map((link) => link.replace(/#.*/, ""));
}

/** A file of the project as text. */
export function read(file: string): string {
  return readFileSync(`${ROOT}/${file}`, "utf8");
}
