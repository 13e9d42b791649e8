import { execFileSync } from "node:child_process";
import { basename, join } from "node:path";
import type { BrowserContextOptions, Page } from "playwright-core";
import * as assert from "uvu/assert";
import { ROOT } from "../package/documents.ts";
import { inChromium } from "./chromium.ts";
import { serving } from "./serve.ts";

export const BUILT = join(ROOT, "dist-web");
export const DIGITS = join(ROOT, "models/digits/digits_uint8.tflite");
export const DIGITS_INT8 = join(ROOT, "models/digits/digits_int8.tflite");
export const SEVEN = join(ROOT, "models/digits/samples/7.png");

/** Builds the page anew; the Wasm modules are taken as they are. */
export function buildPage(): void {
  execFileSync(process.execPath, ["scripts/web.mjs"], { cwd: ROOT });
}

/**
 * Uses the page as it comes, in a browser of its own; nothing may be said on the console,
 * and nothing loaded from anywhere else.
 */
export function onPage<T>(
  use: (page: Page) => Promise<T>,
  options: BrowserContextOptions = {},
): Promise<T> {
  return serving(BUILT, (url) =>
    inChromium(async (context) => {
      const page = await context.newPage();
      const troubles: string[] = [];
      page.on("console", (message) => troubles.push(message.text()));
      page.on("pageerror", ({ message }) => troubles.push(message));
      page.on("request", (request) => {
        if (!request.url().startsWith(url) && !request.url().startsWith("blob:")) {
          troubles.push(`${request.url()} is none of the page's own files`);
        }
      });
      page.on("requestfailed", (request) => troubles.push(`${request.url()} failed`));
      await page.goto(url);
      const result = await use(page);
      assert.equal(troubles, []);
      return result;
    }, options),
  );
}

/** Opens a model, and waits for what the compiler says of it. */
export async function open(page: Page, model: string, core = "vipnano-qi.a311d"): Promise<void> {
  await page.getByLabel("Core").selectOption(core);
  await page.setInputFiles("input[type=file] >> nth=0", model);
  const name = basename(model);
  const told = page.getByText(`Compiled ${name}`).or(page.getByText(`${name} is not compiled`));
  await told.first().waitFor({ state: "attached" });
  await page.waitForSelector("main[aria-busy=false] :is(.summary, .fault)");
}

export function show(page: Page, view: string): Promise<void> {
  return page.getByRole("tab", { name: view }).click();
}
