import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const CLI = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
if (!existsSync(CLI)) throw new Error("dist/cli.js is missing: run `npm run build` first");

export interface Result {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs the built command line as its user would. */
export function nolfet(args: string[], cwd: string, env: NodeJS.ProcessEnv = {}): Promise<Result> {
  return run([process.execPath, CLI, ...args], cwd, env);
}

/** The same where the system lets no file grow beyond a kilobyte. */
export function nolfetOfSmallFiles(args: string[], cwd: string): Promise<Result> {
  const limited = ["sh", "-c", 'ulimit -f 1; exec "$@"', "sh"];
  return run([...limited, process.execPath, CLI, ...args], cwd);
}

function run(
  [program = "", ...args]: string[],
  cwd: string,
  env: NodeJS.ProcessEnv = {},
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env: { ...process.env, ...env } });
    const result: Result = { code: null, stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      result.stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      result.stderr += text;
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ ...result, code }));
  });
}

/** A folder of a test's own, and what removes it. */
export function temporaryFolder(): { folder: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), "nolfet-cli-"));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
