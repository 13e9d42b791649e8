import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { compile, Session, type TensorInfo } from "../../host/index.ts";
import { ROOT } from "../package/documents.ts";
import { installPacked } from "../package/packed.ts";
import { hasChromium, inChromium } from "./chromium.ts";
import { serving } from "./serve.ts";

// examples/browser, with the package as it would be published, bundled and opened.

const EXAMPLE = join(ROOT, "examples/browser");
const MODEL = join(ROOT, "models/digits/digits_uint8.tflite");
const folder = mkdtempSync(join(tmpdir(), "nolfet-bundlers-"));

/** Where each bundler has put the page's script. */
const BUNDLERS = { vite: undefined, webpack: "./main.js", esbuild: undefined };

function hasBundlers(what: string): boolean {
  const present = existsSync(join(EXAMPLE, "node_modules"));
  if (!present) console.log(`skipped: ${what} (run \`npm ci --prefix examples/browser\` first)`);
  return present;
}

function prepare(): void {
  if (existsSync(join(folder, "package.json"))) return;
  cpSync(EXAMPLE, folder, {
    recursive: true,
    filter: (path) => !/node_modules|dist$/.test(path.slice(EXAMPLE.length)),
  });
  installPacked(folder);
  for (const part of ["vite", "webpack", "webpack-cli", "esbuild", ".bin"]) {
    symlinkSync(join(EXAMPLE, "node_modules", part), join(folder, "node_modules", part));
  }
}

/** What the page is to show, computed here. */
async function expected(): Promise<string> {
  const blob = await compile(readFileSync(MODEL), { target: "a311d" });
  const session = await Session.create(blob);
  const [input] = session.inputs as [TensorInfo];
  const { probabilities } = await session.run({ [input.name]: new Uint8Array(28 * 28) });
  await session.release();
  const onNpu = blob.report.operators.filter(({ placement }) => placement === "NPU").length;
  const first = `${blob.report.target}: ${onNpu} of ${blob.report.operators.length} operators on the NPU`;
  return `${first}\nprobabilities: ${probabilities?.join(" ")}`;
}

for (const [bundler, script] of Object.entries(BUNDLERS)) {
  test(`the example works when bundled by ${bundler}`, async () => {
    if (!hasBundlers(`the example bundled by ${bundler}`)) return;
    prepare();
    const env = {
      ...process.env,
      PATH: `${join(folder, "node_modules/.bin")}:${process.env.PATH}`,
    };
    execFileSync("npm", ["run", "--silent", bundler], { cwd: folder, stdio: "pipe", env });
    const built = join(folder, "dist", bundler);
    if (script) {
      const page = readFileSync(join(folder, "index.html"), "utf8");
      writeFileSync(join(built, "index.html"), page.replace("./src/index.js", script));
    }
    if (!hasChromium(`opening the page bundled by ${bundler}`)) return;
    const shown = await serving(built, (url) =>
      inChromium(async (context) => {
        const page = await context.newPage();
        const troubles: string[] = [];
        page.on("console", (message) => troubles.push(message.text()));
        page.on("pageerror", (error) => troubles.push(error.message));
        await page.goto(url);
        await page.setInputFiles("input", MODEL);
        const status = page.getByRole("status").filter({ hasText: /[^…]$/ });
        await status.waitFor();
        assert.equal(troubles, []);
        return status.textContent();
      }),
    );
    assert.is(shown, await expected());
  });
}

test.after(() => rmSync(folder, { recursive: true }));
test.run();
