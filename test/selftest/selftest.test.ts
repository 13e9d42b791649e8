import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Blob } from "../../host/blob/blob.ts";
import type { Device } from "../../host/devices/device.ts";
import { openEmulator } from "../../host/devices/emulated.ts";
import type { JobExtents } from "../../host/devices/emulator.ts";
import { verifyApart } from "../../host/devices/verifier.ts";
import { compile, NolfetError, openBlob } from "../../host/index.ts";
import { groupsOf } from "../../host/selftest/groups.ts";
import { PATTERNS } from "../../host/selftest/patterns.ts";
import { selfTest } from "../../host/selftest/selftest.ts";
import { resultText } from "../../host/selftest/text.ts";
import { MODELS } from "../support/models.ts";
import { Random } from "../support/random.ts";
import { signaturesOf } from "./signatures.ts";

// The test of devices, itself tested: with the emulator for a device, and with broken ones.

const CORES = ["a311d", "imx8mp"];
/** Those, and one of each kind that differs from them in more than numbers. */
const DIFFERENT_CORES = [...CORES, "stm32mp2", "vip9000nano-di.0xbe", "s905d3"];
const STYLE = {
  table: (_head: string[], rows: (string | number)[][]) => rows.join("\n"),
  heading: String,
  aside: String,
};

test("names are told apart", () => {
  assert.is(new Set(PATTERNS.map(({ name }) => name)).size, PATTERNS.length);
});

for (const target of DIFFERENT_CORES) {
  test(`the emulator agrees with itself on ${target}`, async () => {
    const report = await selfTest({ target, device: "emulator", allowUnproven: true });
    const all = [...report.patterns, ...report.variants];
    const bad = all.filter(({ status }) => status === "fail" || status === "refused");
    assert.equal(bad, []);
    assert.ok(report.counts.pass > PATTERNS.length / 2, JSON.stringify(report.counts));
    assert.is(report.patterns.length, PATTERNS.length);
  });
}

for (const target of CORES) {
  test(`every job of whole networks has its pattern on ${target}`, async () => {
    const known = new Set<string>();
    for (const { name, model } of PATTERNS) {
      const blob = openBlob(await compile(model(), { target, allowUnproven: true }));
      assert.ok(
        blob.segments.some(({ placement }) => placement === "NPU"),
        name,
      );
      for (const signature of signaturesOf(blob)) known.add(signature);
    }
    for (const [name, read] of Object.entries(MODELS)) {
      const found = signaturesOf(openBlob(await compile(read(), { target })));
      assert.equal(
        [...found].filter((signature) => !known.has(signature)),
        [],
        name,
      );
    }
  });
}

/** An emulator that spoils one byte whenever it has executed a job, or ends with an error there. */
async function spoiled(
  blob: Blob,
  job: number,
  spoil: (arena: Uint8Array) => void,
): Promise<Device> {
  const device = await openEmulator(blob);
  const execute = device.submit;
  device.submit = async (stream) => {
    await execute(stream);
    const executed = groupsOf(stream).flatMap(({ jobs }) => jobs);
    if (executed.includes(job)) spoil(device.arena());
  };
  return device;
}

const BROKEN = PATTERNS.filter((_, i) => i % 6 === 0);

for (const target of CORES) {
  test(`a single flipped bit is found in any job on ${target}`, async () => {
    const random = new Random(5);
    for (const { name, model } of BROKEN) {
      const blob = openBlob(await compile(model(), { target, allowUnproven: true }));
      const [extents = []] = (await verifyApart(blob)).filter((jobs) => jobs.length > 0);
      const job = random.below(extents.length);
      const { output } = extents[job] as JobExtents;
      if (output.bytes === 0) continue;
      const offset = random.below(output.bytes);
      const bit = 1 << random.below(8);
      const report = await selfTest({
        target,
        allowUnproven: true,
        only: name,
        open: (blob) =>
          spoiled(blob, job, (arena) => {
            const at = output.first - blob.arenaAddress + offset;
            arena[at] = (arena[at] as number) ^ bit;
          }),
      });
      const result = report.patterns.find((pattern) => pattern.name === name);
      assert.is(result?.status, "fail", name);
      const { difference } = result ?? {};
      assert.ok(difference?.inOutput);
      // Jobs of one operation run on several cores, and may write among each other's bytes.
      const { output: told } = extents[difference?.job ?? -1] as JobExtents;
      assert.is(told.first + (difference?.offset ?? 0), output.first + offset, name);
      assert.is(difference?.differing, 1);
      assert.is((difference?.expected ?? 0) ^ (difference?.found ?? 0), bit);
      if (result)
        assert.match(
          resultText(result, STYLE),
          difference?.kind === "NN" ? /kernel_address/ : /in_tile_x_size/,
        );
    }
  });
}

test("bytes beside all outputs count as well", async () => {
  const only = "convolution 3×3, SAME";
  let beside = 0;
  const report = await selfTest({
    target: "a311d",
    only,
    open: async (blob) => {
      const [extents = []] = await verifyApart(blob);
      const { first, bytes } = (extents[1] as JobExtents).output;
      beside = first > blob.arenaAddress ? 0 : bytes;
      return spoiled(blob, 1, (arena) => {
        arena[beside] = (arena[beside] as number) ^ 1;
      });
    },
  });
  const [{ status, difference }] = report.patterns as [(typeof report.patterns)[0]];
  assert.equal([status, difference?.inOutput, difference?.offset], ["fail", false, beside]);
});

test("a device that does not come to an end is told, and the others are tested", async () => {
  let opened = 0;
  const report = await selfTest({
    target: "a311d",
    only: "depthwise 3×3 at",
    open: (blob) =>
      spoiled(blob, 0, () => {
        if (opened++ > 0) return;
        throw new NolfetError("DEVICE_TIMEOUT", "WAIT_FENCE to succeed", "ETIMEDOUT");
      }),
  });
  const { refused, pass, fail } = report.counts;
  assert.equal([refused, fail], [1, 0]);
  assert.ok(pass > 3);
  assert.match(report.patterns[0]?.reason ?? "", /ETIMEDOUT \[DEVICE_TIMEOUT\]/);
});

test("no such device, and no such pattern", async () => {
  for (const [options, code] of [
    [{ device: "/dev/null" }, "NO_DEVICE"],
    [{ device: "npu0" }, "NO_DEVICE"],
    [{ only: "no such pattern" }, "BAD_OPTION"],
  ] as const) {
    const error = await selfTest({ target: "a311d", ...options }).catch((error) => error);
    assert.is(error.code, code);
  }
});

test.run();
