// Holds C and C++ to .clang-format, or with `--write` brings them to it. Versions lay out some
// lines differently, so only Debian 12's is asked.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";

const CLANG_FORMAT = "clang-format-14";
const FOLDERS = ["shim", "test/stand-in"];

const files = FOLDERS.flatMap((folder) =>
  readdirSync(folder, { recursive: true })
    .filter((name) => /\.(c|cc|h)$/.test(name))
    .map((name) => join(folder, name)),
);

if (spawnSync(CLANG_FORMAT, ["--version"]).status === 0) {
  const mode = process.argv.includes("--write") ? ["-i"] : ["--dry-run", "-Werror"];
  process.exitCode = spawnSync(CLANG_FORMAT, [...mode, ...files], { stdio: "inherit" }).status;
} else {
  process.stdout.write(`skipped: the formatting of C and C++ (no ${CLANG_FORMAT})\n`);
}
