// Declares the types of the library, as its users' TypeScript reads them, into dist/types.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What AssemblyScript reads, too, has its names for numbers and truth values. */
const PORTABLE = "dist/types/assembly";

/** Gives false where the types are not right, which TypeScript has told. */
export function declareTypes() {
  rmSync("dist/types", { recursive: true, force: true });
  const command = ["node_modules/typescript/bin/tsc", "-p", "host/tsconfig.types.json"];
  const { status } = spawnSync(process.execPath, command, { stdio: "inherit" });
  if (status !== 0) return false;
  for (const name of readdirSync(PORTABLE, { recursive: true })) {
    if (!name.endsWith(".d.ts")) continue;
    const path = join(PORTABLE, name);
    const declarations = readFileSync(path, "utf8");
    const numbers = declarations.replace(/\b[iu](8|16|32)\b/g, "number");
    writeFileSync(path, numbers.replace(/\bbool\b/g, "boolean"));
  }
  return true;
}
