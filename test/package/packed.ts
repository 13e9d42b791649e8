import { execFileSync } from "node:child_process";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./documents.ts";

/** Puts what would be published into a folder's `node_modules/nolfet`; gives the files' names. */
export function installPacked(folder: string): string[] {
  const npm = process.env.npm_execpath;
  const [command, ...args] = npm ? [process.execPath, npm] : ["npm"];
  const listed = execFileSync(
    command,
    [...args, "pack", "--dry-run", "--ignore-scripts", "--json", "--silent"],
    { cwd: ROOT, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] },
  );
  const [{ files }] = JSON.parse(listed);
  const paths: string[] = files.map(({ path }: { path: string }) => path);
  for (const path of paths) cpSync(join(ROOT, path), join(folder, "node_modules/nolfet", path));
  return paths;
}
