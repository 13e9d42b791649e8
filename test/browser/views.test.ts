import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Explanation } from "../../host/explain/explanation.ts";
import { compile, explain, openBlob, TARGETS } from "../../host/index.ts";
import { counted, duration } from "../../host/numbers.ts";
import { compact } from "../../web/parts/words.ts";
import { hasChromium } from "./chromium.ts";
import { buildPage, DIGITS, DIGITS_INT8, onPage, open, show } from "./page.ts";

// What every view shows of the digits' model is what the document says.

async function explained(model: string): Promise<Explanation> {
  const blob = await compile(readFileSync(model), { target: "a311d" });
  return explain(openBlob(blob), blob.length);
}
const explanation = await explained(DIGITS);
const { operators, segments } = explanation;
const [{ jobs, memory }] = segments as [Required<Explanation["segments"][number]>];

/** The page with a model open, at one view. */
function onView(view: string, use: (page: Page) => Promise<void>, model = DIGITS): Promise<void> {
  return onPage(async (page) => {
    await open(page, model);
    await show(page, view);
    await use(page);
  });
}

function colourOf(page: Page, selector: string): Promise<string> {
  return page.$eval(selector, (element) => getComputedStyle(element).backgroundColor);
}

function selectedName(page: Page): Promise<string | null> {
  return page.locator(".inspector h2").textContent();
}

async function titles(page: Page): Promise<string[]> {
  const heads = await page.locator("thead th").allTextContents();
  return heads.map((text) => text.replace(/[↑↓]/, ""));
}

/** What a table's column says, row by row. */
async function column(page: Page, title: string): Promise<string[]> {
  const at = (await titles(page)).indexOf(title) + 1;
  return page.locator(`tbody td:nth-child(${at})`).allTextContents();
}

if (hasChromium("the page's views")) {
  buildPage();

  test("the graph has every operator and edge, coloured by where it runs", () =>
    onView("Graph", async (page) => {
      assert.is(await page.locator(".node").count(), operators.length);
      assert.is(await page.locator(".graph .line").count(), explanation.edges.length);
      for (const { index, name, placement, mark, reason } of operators) {
        const node = page.locator(`.node[data-operator="${index}"]`);
        const words = (await node.textContent()) ?? "";
        assert.ok(words.includes(`${index} ${name}`), words);
        assert.ok(words.includes(mark ?? "CPU"), words);
        assert.is((await node.getAttribute("title")) ?? undefined, reason);
        assert.match((await node.getAttribute("class")) ?? "", placement.toLowerCase());
      }
      assert.is.not(await colourOf(page, ".node.npu"), await colourOf(page, ".node.cpu"));
      // The reason is told in words, too.
      const { reason = "none" } = operators.find(({ placement }) => placement === "CPU") ?? {};
      assert.ok((await page.locator(".inspector").textContent())?.includes(reason));
    }));

  test("the graph goes by the keyboard", () =>
    onView("Graph", async (page) => {
      await page.locator(".node").first().focus();
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
      assert.is(await selectedName(page), "2 CONV_2D");
      await page.locator("[role=tab][aria-selected=true]").focus();
      await page.keyboard.press("ArrowRight");
      assert.is(await page.locator("[role=tab][aria-selected=true]").textContent(), "Layers");
    }));

  test("the layers are a row each, and are sorted by the column that is pressed", () =>
    onView("Layers", async (page) => {
      assert.equal(
        await column(page, "Operator"),
        operators.map(({ name }) => name),
      );
      const told = operators.map(({ estimate }) =>
        estimate ? duration(estimate.milliseconds) : "",
      );
      assert.equal(await column(page, "Est. time"), told);
      await page.getByRole("button", { name: "MACs" }).click();
      const macs = operators.map((operator) => operator.macs).sort((a, b) => b - a);
      assert.equal(
        await column(page, "MACs"),
        macs.map((count) => (count ? compact(count) : "")),
      );
      await page.getByRole("button", { name: "MACs" }).click();
      const least = Math.min(...macs.filter((count) => count > 0));
      assert.is((await column(page, "MACs"))[0], compact(least));
      await page.getByRole("button", { name: "SOFTMAX" }).click();
      assert.is(await selectedName(page), "12 SOFTMAX");
    }));

  test("layers tell groups of channels and their errors, where weights have many scales", async () => {
    await onView("Layers", async (page) => {
      assert.not((await titles(page)).includes("Groups"));
    });
    const { operators } = await explained(DIGITS_INT8);
    await onView(
      "Layers",
      async (page) => {
        const groups = operators.map(({ groups = "" }) => `${groups}`);
        assert.equal(await column(page, "Groups"), groups);
        const inputCopies = operators.map(({ inputCopies }) =>
          inputCopies === undefined ? "" : counted(inputCopies, "input"),
        );
        assert.ok(inputCopies.some((words) => words !== ""));
        assert.equal(await column(page, "Residual"), inputCopies);
        const errors = operators.map(({ error }) => error?.toFixed(3) ?? "");
        assert.equal(await column(page, "Error"), errors);
      },
      DIGITS_INT8,
    );
  });

  test("the memory map has a rectangle for every value, where and when it lives", () =>
    onView("Memory", async (page) => {
      const frame = await page.locator(".values").boundingBox();
      const boxes = await page.locator(".value").all();
      assert.is(boxes.length, memory.buffers.length);
      assert.ok(frame);
      for (const [i, { offset, bytes, first, last }] of memory.buffers.entries()) {
        const box = await boxes[i]?.boundingBox();
        const scaled = (part: number, whole: number, size: number) => (part / whole) * size;
        const left = scaled(first + 1, jobs.length + 2, frame.width);
        const width = scaled(last + 1 - first, jobs.length + 2, frame.width);
        const bottom = scaled(offset, memory.peak, frame.height);
        const height = scaled(bytes, memory.peak, frame.height);
        const near = (found = 0, expected = 0) => Math.abs(found - expected) < 2.5;
        assert.ok(box && near(box.x - frame.x, left) && near(box.width, width), `value ${i}`);
        const foot = frame.y + frame.height - box.y - box.height;
        assert.ok(near(foot, bottom) && near(box.height, height), `value ${i}`);
      }
      assert.is(await page.locator(".constant").count(), explanation.constants.parts.length);
      const writer = memory.buffers.findIndex(({ operator }) => operator === 2);
      await boxes[writer]?.click();
      assert.is(await selectedName(page), "2 CONV_2D");
      assert.match((await page.locator(".readout").first().textContent()) ?? "", "of 2 CONV_2D");
      // What is selected stands out.
      await page.mouse.move(0, 0);
      assert.is.not(
        await colourOf(page, ".value[aria-pressed=true]"),
        await colourOf(page, ".value[aria-pressed=false]"),
      );
    }));

  test("the stream names fields and states, and leads to operators and back", () =>
    onView("Stream", async (page) => {
      assert.is(await page.locator(".job").count(), jobs.length);
      const job = jobs.find(({ kind }) => kind === "NN") as (typeof jobs)[number];
      const item = page.locator(`[data-job="${job.index}"]`);
      await item.locator("summary").click();
      await item.locator(".fields").waitFor();
      const fields = await item.locator(".fields tbody td:first-child").allTextContents();
      assert.equal(fields.sort(), Object.keys(job.fields).sort());
      const states = await item.locator(".words-table").first().textContent();
      assert.match(states ?? "", `starts job ${job.index}`);
      // To the operator,
      await item.getByRole("button").click();
      assert.is(await page.locator("[role=tab][aria-selected=true]").textContent(), "Graph");
      const name = `${job.operator} ${operators[job.operator]?.name}`;
      assert.is(await selectedName(page), name);
      await page.waitForSelector(".node[aria-pressed=true]:focus");
      // and from there to one of its jobs.
      const last = jobs.findLast(({ operator }) => operator === job.operator)?.index;
      await page.locator(".job-links button").last().click();
      const opened = page.locator(`[data-job="${last}"] details[open]`);
      await opened.waitFor();
      assert.ok(await opened.locator("summary").evaluate((el) => el === document.activeElement));
      const own = jobs.filter(({ operator }) => operator === job.operator).length;
      assert.is(await page.locator(".job.selected").count(), own);
    }));

  test("cores stand side by side, and one can be chosen", () =>
    onView("Cores", async (page) => {
      const rows = page.locator("tbody tr");
      await rows.nth(TARGETS.length - 1).waitFor();
      const texts = await rows.allTextContents();
      for (const [i, { name }] of TARGETS.entries()) assert.match(texts[i] ?? "", name);
      const words = `${operators.filter(({ mark }) => mark).length} of ${operators.length}`;
      assert.match(texts[0] ?? "", words);
      await page.getByRole("button", { name: "vipnano-si+.imx8mp" }).click();
      await page.waitForSelector("tr.selected:has-text('imx8mp')");
      assert.is(await page.getByLabel("Core").first().inputValue(), "vipnano-si+.imx8mp");
    }));
}

test.run();
