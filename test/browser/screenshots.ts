// Takes a picture of every view of the page, in light and dark, on a desk and on a phone, into
// the folder given or `screenshots`. Needs `npm run web:build` before, and Debian's chromium.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { VIEWS } from "../../web/explorer/context.ts";
import { inChromium } from "./chromium.ts";
import { serving } from "./serve.ts";

const [folder = "screenshots", model = "models/digits/digits_uint8.tflite"] = process.argv.slice(2);
const PICTURE = process.argv[4] ?? "models/digits/samples/7.png";
const SIZES = { desk: { width: 1280, height: 900 }, phone: { width: 360, height: 740 } };

/** What brings a view into a state worth seeing. */
const SCENES: Partial<Record<(typeof VIEWS)[number], (page: Page) => Promise<unknown>>> = {
  graph: (page) => page.click(".node >> nth=2"),
  stream: (page) => page.click(".job summary >> nth=1"),
  cores: (page) => page.waitForSelector("tbody tr:nth-child(12)"),
  async run(page) {
    await page.setInputFiles(".run input[type=file]", PICTURE);
    await page.waitForSelector(".run-result :is(.top, .facts)");
  },
};

mkdirSync(folder, { recursive: true });
for (const [size, viewport] of Object.entries(SIZES)) {
  for (const colorScheme of ["light", "dark"] as const) {
    await serving("dist-web", (url) =>
      inChromium(
        async (context) => {
          const page = await context.newPage();
          await page.goto(url);
          await shootAll(page, `${size}-${colorScheme}`);
        },
        { viewport, colorScheme },
      ),
    );
  }
}

async function shootAll(page: Page, suffix: string): Promise<void> {
  const shoot = (name: string) => page.screenshot({ path: join(folder, `${name}-${suffix}.png`) });
  await page.waitForSelector(".welcome");
  await shoot("welcome");
  await page.setInputFiles("input[type=file]", model);
  await page.waitForSelector(".summary");
  for (const view of VIEWS) {
    await page.click(`#tab-${view}`);
    await SCENES[view]?.(page);
    await shoot(view);
  }
  const buffer = Buffer.from("no model at all");
  await page.setInputFiles("input[type=file]", {
    name: "broken.tflite",
    mimeType: "application/octet-stream",
    buffer,
  });
  await page.waitForSelector(".fault");
  await shoot("fault");
}
