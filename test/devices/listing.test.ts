import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { coreOf, isSameCore } from "../../host/devices/identity.ts";
import { findTarget } from "../../host/index.ts";
import { allPass } from "../selftest/all-pass.ts";
import { hasTools, StandIn } from "../support/stand-in.ts";
import { hasAddon } from "./addon.ts";

// `nolfet devices` and `nolfet selftest`, on a machine with several nodes.

const CLI = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));

test("a core is known by all of its identity but the last digit of its revision", () => {
  const { core } = findTarget("a311d");
  assert.is(coreOf({ ...core, revision: core.revision ^ 0xf }), core);
  assert.not(isSameCore(core, { ...core, revision: core.revision ^ 0x10 }));
  for (const field of ["model", "product", "customer", "eco"] as const) {
    assert.not(isSameCore(core, { ...core, [field]: core[field] ^ 1 }), field);
  }
});

if (hasTools("the listing of devices") && hasAddon("the listing of devices")) {
  const standIn = await StandIn.create({
    renderD128: { driver: "panfrost" },
    renderD129: { cores: ["imx8mp", "a311d"] },
    renderD130: { version: [1, 3] },
    renderD131: { cores: ["a311d"], softpin: 2 ** 63 },
  });
  test.after(() => standIn.close());
  const nolfet = (...args: string[]) => standIn.run(process.execPath, [CLI, ...args]);

  test("lists nodes, cores and reasons", async () => {
    const { code, stdout, stderr } = await nolfet("devices");
    assert.is(stderr, "");
    assert.is(code, 0);
    assert.match(stdout, /renderD128 +.*etnaviv/);
    assert.match(stdout, /renderD129 +etnaviv 1\.4\.0 +0 +vipnano-si\+\.imx8mp +model 0x8000, rev/);
    assert.match(stdout, /renderD129 +etnaviv 1\.4\.0 +1 +vipnano-qi\.a311d/);
  });

  test("tells, as a document, where a blob runs", async () => {
    const compiled = await nolfet(
      ...["compile", "models/digits/digits_uint8.tflite", "-t", "a311d"],
      ...["-o", `${standIn.folder}/digits.nolf`],
    );
    assert.is(compiled.code, 0);
    const { stdout } = await nolfet("devices", `${standIn.folder}/digits.nolf`, "--json");
    const { nodes } = JSON.parse(stdout);
    // biome-ignore lint/suspicious/noExplicitAny: a document
    const fits = nodes.map(({ fit }: any) => fit.pipe ?? fit.reason);
    assert.match(fits[0], /^\/dev\/dri\/renderD128: /);
    assert.is(fits[1], 1);
    assert.match(fits[2], /^\/dev\/dri\/renderD130: /);
    assert.match(fits[3], /softpin/);
    assert.is(nodes[1].pipes[1].target, "vipnano-qi.a311d");
    assert.is(nodes[1].pipes[1].softpinStart, 0x400000);
  });

  test("tests a device, and writes a report to share", async () => {
    standIn.describe("renderD132", { cores: ["imx8mp"] });
    const report = `${standIn.folder}/report.json`;
    const node = "/dev/dri/renderD132";
    const passed = await nolfet(
      ...["selftest", "--device", node, "--only", "sum", "--report", report],
    );
    assert.is(passed.stderr, "");
    assert.is(passed.code, 0);
    const { kernel, ...tested } = JSON.parse(readFileSync(report, "utf8"));
    const { target, device } = tested;
    assert.is(target, "vipnano-si+.imx8mp");
    assert.is(device.name, node);
    assert.equal(device.driver, { name: "etnaviv", major: 1, minor: 4, patch: 0 });
    assert.is(device.identity.customer, 0x9f);
    assert.ok(kernel.length > 0);
    const passing = allPass(tested);
    assert.match(passed.stdout, `${passing} of ${passing} patterns pass on ${node}`);

    standIn.describe("renderD132", { cores: ["imx8mp"], faults: { stuck: 2 } });
    const hung = await nolfet(
      ...["selftest", "-d", node, "--only", "sum, odd", "--timeout", "300", "--json"],
    );
    assert.is(hung.code, 1);
    const [{ status, reason }] = JSON.parse(hung.stdout).patterns;
    assert.is(status, "refused");
    assert.match(reason, /WAIT_FENCE.*\[DEVICE_TIMEOUT\]/);
  });
}

test.run();
