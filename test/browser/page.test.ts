import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Page } from "playwright-core";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { nolfet, temporaryFolder } from "../cli/nolfet.ts";
import { hasShared, SHARED } from "../support/shared.ts";
import { hasChromium } from "./chromium.ts";
import { BUILT, buildPage, DIGITS, onPage, open, SEVEN, show } from "./page.ts";

// The page does what the command line does, and says so.

const { folder, remove } = temporaryFolder();
const CORES = ["vipnano-qi.a311d", "vipnano-si+.imx8mp"];

interface Subject {
  name: string;
  model: string;
  picture: string;
  labels?: string;
}
const SUBJECTS: Subject[] = [{ name: "digits", model: DIGITS, picture: SEVEN }];
if (hasShared("MobileNetV1 in the page")) {
  SUBJECTS.push({
    name: "MobileNetV1",
    model: join(SHARED, "models/mobilenet_v1_1.0_224_quant.tflite"),
    picture: join(SHARED, "images/grace_hopper.bmp"),
    labels: join(SHARED, "images/imagenet_labels.txt"),
  });
}

/** Saves what a button lets one download. */
async function download(page: Page, name: string): Promise<Buffer> {
  const [saved] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: `Download ${name}` }).click(),
  ]);
  return readFileSync(await saved.path());
}

/** Drops a file onto the page that has no model yet. */
async function drop(page: Page, path: string): Promise<void> {
  const file = { name: basename(path), base64: readFileSync(path).toString("base64") };
  const transfer = await page.evaluateHandle(({ name, base64 }) => {
    const transfer = new DataTransfer();
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    transfer.items.add(new File([bytes], name));
    return transfer;
  }, file);
  await page.dispatchEvent(".welcome", "drop", { dataTransfer: transfer });
}

async function cli(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await nolfet(args, folder);
  assert.is(code, 0, stderr);
  return stdout;
}

/** The five best classes, as "7 0.996094". */
async function topFive(page: Page, picture: string): Promise<string[]> {
  await show(page, "Run");
  await page.setInputFiles(".run input[type=file]", picture);
  await page.waitForSelector(".top");
  const classes = await page.locator(".top .class").allTextContents();
  const scores = await page.locator(".top .score").allTextContents();
  return classes.map((name, i) => `${name.replace("class ", "")} ${scores[i]}`);
}

if (hasChromium("the page")) {
  buildPage();

  for (const { name, model, picture, labels } of SUBJECTS) {
    for (const core of CORES) {
      test(`${name} for ${core}: bytes and top five are the command line's`, async () => {
        const blob = join(folder, "out.nolf");
        await cli("compile", model, "--target", core, "-o", blob);
        const { top } = JSON.parse(await cli("run", blob, "--image", picture, "--json"));
        await onPage(async (page) => {
          await open(page, model, core);
          assert.ok((await download(page, ".nolf")).equals(readFileSync(blob)));
          assert.equal(
            await topFive(page, picture),
            top.map(({ label, score }: { label: string; score: number }) => {
              return `${label.replace("class ", "")} ${score.toFixed(6)}`;
            }),
          );
          if (labels) {
            await page.setInputFiles(".run-result input[type=file]", labels);
            const first = readFileSync(labels, "utf8").split("\n")[top[0].index];
            await page.locator(".top .class", { hasText: first }).first().waitFor();
          }
          assert.match(
            (await page.textContent(".run-result .hint")) ?? "",
            /^\d+\.\d ms on the emulator/,
          );
        });
      });
    }
  }

  test("the document and the table are the command line's", async () => {
    const csv = join(folder, "digits.csv");
    await cli("report", DIGITS, "--target", "a311d", "--csv", "-o", csv);
    const told = JSON.parse(await cli("report", DIGITS, "--target", "a311d", "--json"));
    await onPage(async (page) => {
      await open(page, DIGITS);
      assert.is(`${await download(page, "CSV")}`, readFileSync(csv, "utf8"));
      await show(page, "Cores");
      await page.waitForSelector("tbody tr:nth-child(12)");
      assert.equal(JSON.parse(`${await download(page, "JSON")}`), told);
    });
  });

  test("the shipped model is a button away, and compiles in a worker alone", () =>
    onPage(async (page) => {
      await page.getByRole("button", { name: "Try handwritten digits" }).click();
      await page.waitForSelector(".summary");
      const loaded = () => performance.getEntriesByType("resource").map(({ name }) => name);
      const byPage = await page.evaluate(loaded);
      assert.is(byPage.filter((name) => name.endsWith(".wasm")).length, 0);
      const [worker, ...others] = page.workers();
      assert.is(others.length, 0);
      const byWorker = (await worker?.evaluate(loaded)) ?? [];
      assert.is(byWorker.filter((name) => name.endsWith("compiler.wasm")).length, 1);
    }));

  test("a truncated file shows the compiler's own words", async () => {
    const broken = join(folder, "broken.tflite");
    writeFileSync(broken, readFileSync(DIGITS).subarray(0, 9000));
    const { code, stderr } = await nolfet(["compile", broken, "--target", "a311d"], folder);
    assert.is(code, 1);
    await onPage(async (page) => {
      await open(page, broken);
      const words = await page.textContent("[role=alert] p");
      assert.is(stderr.trim(), `nolfet: error: ${broken}: ${words}`);
      assert.is(await page.locator(".summary").count(), 0);
      // And the next one is compiled as if nothing had been.
      await open(page, DIGITS);
      assert.is(await page.locator("[role=alert]").count(), 0);
      assert.is(await page.locator(".summary").count(), 1);
    });
  });

  test("a network of the vendor's compiler is shown as the command line shows it", async () => {
    if (!hasShared("a vendor file in the page")) return;
    const network = join(SHARED, "vendor/lenet/v853-lenet-uint8.nb");
    const overview = await cli("inspect", network);
    const fields = await cli("inspect", network, "--disassemble");
    await onPage(async (page) => {
      await drop(page, network);
      const [whole, operation] = [
        page.locator(".network pre").first(),
        page.locator(".network pre").last(),
      ];
      await whole.waitFor();
      assert.is((await whole.textContent())?.trim(), overview.trim());
      await page.getByLabel("Operation").fill("3");
      await page.getByText(/^operation 3:/).waitFor();
      const words = (await operation.textContent()) ?? "";
      assert.ok(words.includes("kernel_x_size") || words.includes("in_image_x_size"), words);
      assert.ok(fields.includes(words.trim()), words);
      // Then a model is compiled as ever.
      await open(page, DIGITS);
      assert.is(await page.locator(".network").count(), 0);
    });
  });

  test("half a network is refused in the command line's words", async () => {
    if (!hasShared("half a vendor file in the page")) return;
    const half = join(folder, "half.nb");
    const whole = readFileSync(join(SHARED, "vendor/lenet/v853-lenet-uint8.nb"));
    writeFileSync(half, whole.subarray(0, whole.length / 2));
    const { stderr } = await nolfet(["inspect", half], folder);
    await onPage(async (page) => {
      await drop(page, half);
      await page.waitForSelector(".fault");
      const words = await page.textContent("[role=alert] p");
      assert.is(stderr.trim(), `nolfet: error: ${half}: ${words}`);
    });
  });

  test("a file dropped anywhere is opened", () =>
    onPage(async (page) => {
      await drop(page, DIGITS);
      await page.waitForSelector(".summary");
      assert.is(await page.textContent(".file"), basename(DIGITS));
    }));

  test("a drawn stroke is classified", () =>
    onPage(async (page) => {
      await open(page, DIGITS);
      await show(page, "Run");
      const { x, y } = (await page.locator("canvas").boundingBox()) as { x: number; y: number };
      await page.mouse.move(x + 112, y + 40);
      await page.mouse.down();
      await page.mouse.move(x + 112, y + 184, { steps: 8 });
      await page.mouse.up();
      await page.waitForSelector(".top");
      assert.is(await page.textContent(".top li .class"), "class 1");
    }));

  test("the first load takes at most 300 kB, compressed, with all Wasm modules that it takes", () => {
    const sizes = readdirSync(BUILT)
      // The importer is loaded for the first ONNX model only, names for the first large classifier.
      .filter((file) => !/\.tflite$|^importer\.wasm$|^classifier-names-.*\.js$/.test(file))
      .map((file) => [file, gzipSync(readFileSync(join(BUILT, file)), { level: 9 }).length]);
    const total = sizes.reduce((sum, [, bytes]) => sum + Number(bytes), 0);
    console.log(`first load: ${(total / 1000).toFixed(1)} kB by gzip -9`);
    for (const part of ["compiler.wasm", "emulator.wasm", "cpu.wasm", "page.js", "worker.js"]) {
      assert.ok(
        sizes.some(([file]) => file === part),
        part,
      );
    }
    assert.ok(total <= 300_000, JSON.stringify(sizes));
  });
}

test.after(remove);
test.run();
