import { join } from "node:path";
import type { Page } from "playwright-core";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { hasShared, SHARED } from "../support/shared.ts";
import { hasChromium } from "./chromium.ts";
import { buildPage, onPage, open, show } from "./page.ts";

// What a network finds is drawn on the picture, where the picture shows it.

const PERSONS = join(SHARED, "zoo/st-yolov8n_256_quant_pt_uf_pose_coco-st.tflite");
const HOPPER = join(SHARED, "images/grace_hopper.bmp");

interface Rectangle {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

function rectangles(page: Page, selector: string): Promise<Rectangle[]> {
  return page.$$eval(selector, (elements) =>
    elements.map((element) => {
      const { left, top, right, bottom } = element.getBoundingClientRect();
      return { left, top, right, bottom };
    }),
  );
}

if (hasChromium("what the page finds in pictures")) {
  buildPage();

  for (const viewport of [
    { width: 1280, height: 900 },
    { width: 360, height: 740 },
  ]) {
    test(`a person is boxed and named on the picture, ${viewport.width} pixels wide`, async () => {
      if (!hasShared("a person in the page")) return;
      await onPage(
        async (page) => {
          await open(page, PERSONS, "vipnano-si+.imx8mp");
          await show(page, "Run");
          await page.setInputFiles(".run input[type=file]", HOPPER);
          await page.waitForSelector(".findings .box");
          const [box, ...others] = await rectangles(page, ".findings .box");
          const [picture] = await rectangles(page, ".findings img");
          assert.ok(box && picture && others.length === 0);
          // She fills the picture, and nothing is drawn beside it.
          const width = picture.right - picture.left;
          assert.ok(width > 100 && picture.right <= viewport.width);
          assert.ok(box.left >= picture.left - 1 && box.right <= picture.right + 1);
          assert.ok(box.top >= picture.top - 1 && box.bottom <= picture.bottom + 1);
          assert.ok(box.right - box.left > 0.8 * width);
          assert.match((await page.textContent(".findings .box")) ?? "", /^person 9\d\.\d %$/);
          assert.match((await page.textContent(".found")) ?? "", /^person9\d\.\d %$/);
          // Points of the face lie in the upper half.
          const points = await rectangles(page, ".findings .dot");
          assert.ok(points.length >= 5);
          assert.ok((points[0] as Rectangle).top < (picture.top + picture.bottom) / 2);
        },
        { viewport },
      );
    });
  }
}

test.run();
