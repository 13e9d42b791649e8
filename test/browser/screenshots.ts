// Takes a picture of every view of the page, in light and dark, on a desk and on a phone, into
// the folder given or `screenshots`. Needs `npm run web:build` before, and Debian's chromium.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { VIEWS } from "../../web/explorer/context.ts";
import { openBrowser } from "./browser.ts";

const [folder = "screenshots", model = "models/digits/digits_uint8.tflite"] = process.argv.slice(2);
const SIZES = { desk: { width: 1280, height: 900 }, phone: { width: 360, height: 740 } };

mkdirSync(folder, { recursive: true });
for (const [size, viewport] of Object.entries(SIZES)) {
  for (const colorScheme of ["light", "dark"] as const) {
    const browser = await openBrowser("dist-web", { viewport, colorScheme });
    try {
      const page = await browser.context.newPage();
      const shoot = (name: string) =>
        page.screenshot({ path: join(folder, `${name}-${size}-${colorScheme}.png`) });
      await page.goto(browser.address);
      await page.waitForSelector(".welcome");
      await shoot("welcome");
      await page.setInputFiles("input[type=file]", model);
      await page.waitForSelector(".summary");
      for (const view of VIEWS) {
        await page.click(`#tab-${view}`);
        if (view === "graph") await page.click(".node >> nth=2");
        if (view === "stream") await page.click(".job summary >> nth=1");
        if (view === "cores") await page.waitForSelector("tbody tr:nth-child(12)");
        if (view === "run") {
          await page.setInputFiles(".run input[type=file]", "models/digits/samples/7.png");
          await page.waitForSelector(".top");
        }
        await shoot(view);
      }
      await page.setInputFiles("input[type=file]", {
        name: "broken.tflite",
        mimeType: "application/octet-stream",
        buffer: Buffer.from("no model at all"),
      });
      await page.waitForSelector(".fault");
      await shoot("fault");
    } finally {
      await browser.close();
    }
  }
}
