import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { TARGETS } from "../../host/index.ts";
import { buildModel } from "../../host/tflite/builder.ts";
import { nolfet, temporaryFolder } from "../cli/nolfet.ts";
import { hasChromium, inChromium } from "./chromium.ts";
import { DIGITS, show } from "./page.ts";

// `nolfet report` writes one file, which a browser opens without a server.

const { folder, remove } = temporaryFolder();
const HOSTILE = "</script><img src=x onerror=alert(1)><!--<script>";

async function write(model: string, output: string): Promise<void> {
  const { code, stderr } = await nolfet(["report", model, "-t", "a311d", "-o", output], folder);
  assert.is(code, 0, stderr);
}

async function opened(file: string, use: (page: Page) => Promise<void>): Promise<void> {
  await inChromium(async (context) => {
    const page = await context.newPage();
    const troubles: string[] = [];
    page.on("console", (message) => troubles.push(message.text()));
    page.on("pageerror", ({ message }) => troubles.push(message));
    page.on("dialog", (dialog) => troubles.push(dialog.message()));
    const url = pathToFileURL(file).href;
    page.on("request", (request) => {
      if (request.url() !== url && !request.url().startsWith("blob:")) troubles.push(request.url());
    });
    await page.goto(url);
    await use(page);
    assert.equal(troubles, []);
  });
}

/** A single activation whose tensors have the given name. */
function modelNamed(name: string): Uint8Array {
  const tensor = (suffix: string) => ({
    name: `${name}${suffix}`,
    shape: [1, 4, 4, 8],
    dtype: "uint8" as const,
    quantization: { scale: 0.1, zeroPoint: 0 },
  });
  return buildModel({
    inputs: [`${name}in`],
    outputs: [`${name}out`],
    tensors: [tensor("in"), tensor("out")],
    operators: [{ operator: "RELU", inputs: [`${name}in`], outputs: [`${name}out`] }],
  });
}

if (hasChromium("reports")) {
  test("the report is one file with the page's views", async () => {
    const file = join(folder, "digits.html");
    await write(DIGITS, file);
    await opened(file, async (page) => {
      assert.is(await page.title(), "digits_uint8.tflite: nolfet report");
      assert.is(await page.locator(".node").count(), 13);
      await show(page, "Layers");
      assert.is(await page.locator("tbody tr").count(), 13);
      await show(page, "Memory");
      assert.ok((await page.locator(".value").count()) > 5);
      await show(page, "Stream");
      await page.locator(".job summary").first().click();
      await page.waitForSelector(".fields");
      await show(page, "Cores");
      assert.is(await page.locator("tbody tr").count(), TARGETS.length);
      assert.is(await page.getByRole("tab", { name: "Run" }).count(), 0);
      const [saved] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("button", { name: "Download JSON" }).click(),
      ]);
      const document = JSON.parse(readFileSync(await saved.path(), "utf8"));
      assert.is(document.operators.length, 13);
    });
  });

  test("names that a model chooses stay names", async () => {
    const [model, file] = [join(folder, "hostile.tflite"), join(folder, "hostile.html")];
    writeFileSync(model, modelNamed(HOSTILE));
    await write(model, file);
    await opened(file, async (page) => {
      assert.is(await page.locator("img").count(), 0);
      const titles = await page.$$eval(".tensor", (boxes) =>
        boxes.map((box) => box.getAttribute("title")),
      );
      assert.equal(titles.sort(), [`${HOSTILE}in`, `${HOSTILE}out`]);
    });
  });
}

test.after(remove);
test.run();
