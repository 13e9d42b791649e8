import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { VIEWS } from "../../web/explorer/context.ts";
import { hasChromium } from "./chromium.ts";
import { buildPage, DIGITS, onPage, open, SEVEN } from "./page.ts";

// Every view, in light and dark, for whoever cannot see or has but a phone.

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const PHONE = { width: 360, height: 740 };

/** What axe-core finds wrong, by rule and element. */
async function faults(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate<AxeResults>("axe.run()");
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target}`));
}

/** Goes through all states of the page. */
async function tour(page: Page, look: (state: string) => Promise<void>): Promise<void> {
  await look("welcome");
  await open(page, DIGITS);
  for (const view of VIEWS) {
    await page.click(`#tab-${view}`);
    if (view === "graph") await look("graph, nothing selected");
    if (view === "graph") await page.locator(".node").nth(2).click();
    if (view === "stream") await page.locator(".job summary").nth(1).click();
    if (view === "cores") await page.waitForSelector("tbody tr:nth-child(12)");
    if (view === "run") {
      await page.setInputFiles(".run input[type=file]", SEVEN);
      await page.waitForSelector(".top");
    }
    await look(view);
  }
  const folder = mkdtempSync(join(tmpdir(), "nolfet-access-"));
  const broken = join(folder, `${"a-long-name-".repeat(9)}.tflite`);
  writeFileSync(broken, "no model");
  await open(page, broken);
  await look("fault");
  rmSync(folder, { recursive: true });
}

if (hasChromium("the page's accessibility")) {
  buildPage();

  for (const colorScheme of ["light", "dark"] as const) {
    test(`axe-core finds nothing wrong (${colorScheme})`, () =>
      onPage(
        (page) =>
          tour(page, async (state) => {
            assert.equal(await faults(page), [], state);
          }),
        { colorScheme, reducedMotion: "reduce" },
      ));
  }

  test("nothing scrolls sideways on a phone", () =>
    onPage(
      (page) =>
        tour(page, async (state) => {
          const width = await page.evaluate(() => document.documentElement.scrollWidth);
          assert.is(width, PHONE.width, state);
        }),
      { viewport: PHONE },
    ));
}

test.run();
