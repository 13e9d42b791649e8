import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Blob } from "../../host/blob/blob.ts";
import type { Device } from "../../host/devices/device.ts";
import { openEmulator } from "../../host/devices/emulated.ts";
import { NolfetError } from "../../host/index.ts";
import { decodeStream } from "../../host/inspect/command-stream.ts";
import { DESCRIPTORS } from "../../host/inspect/descriptors.ts";
import { descriptorWords } from "../../host/inspect/document.ts";
import { decodeFields, type FieldValues } from "../../host/inspect/fields.ts";
import { selfTest } from "../../host/selftest/selftest.ts";
import { countsText } from "../../host/selftest/text.ts";
import { VARIANTS } from "../../host/selftest/variants.ts";

// Jobs that drivers write differently: every form runs on the emulator, and of a device that does not
// take one of them, the report names the field and the form.

const NONE = "no pattern and no field has this in its name";

/** Results of all forms; `only` matches a field. */
async function formsOf(target: string, only: string, open?: (blob: Blob) => Promise<Device>) {
  return selfTest({ target, device: "emulator", only, ...(open ? { open } : {}) });
}

test("forms are told apart", () => {
  const names = VARIANTS.map(({ name, field, value }) => [name, field, value].join());
  assert.is(new Set(names).size, VARIANTS.length);
});

for (const target of ["a311d", "imx8mp"]) {
  test(`the emulator takes every form on ${target}`, async () => {
    const seen = new Map<string, string>();
    for (const field of new Set(VARIANTS.map(({ field }) => field)))
      for (const { name, field: own, value, ...result } of (await formsOf(target, field))
        .variants) {
        seen.set([name, own, value].join(), result.status);
        if (result.status === "pass") assert.is(new Set(result.checksums).size > 0, true);
      }
    assert.is(seen.size, VARIANTS.length);
    const others = [...seen].filter(([, status]) => status !== "pass");
    assert.ok(
      others.every(([, status]) => status === "skipped"),
      JSON.stringify(others),
    );
    // Those that are of the other generation's jobs, or where Mesa's form is not another.
    assert.ok(others.length <= (target === "a311d" ? 0 : 7), JSON.stringify(others));
  });
}

/** A fault: what a blob's jobs must be like for the device to get them wrong, and how it is reported. */
interface Fault {
  what: string;
  target?: string;
  field: string;
  value: string;
  hits(jobs: FieldValues[], loads: number[]): boolean;
}

const some = (fields: FieldValues[], test: (field: (name: string) => number) => boolean) =>
  fields.some((one) => test((name) => one[name] ?? 0));
const isStrided = (field: (name: string) => number) => field("out_loop_3_reset") === 1;

const FAULTS: Fault[] = [
  {
    what: "space-to-depth without reorder bits, 224 columns",
    field: "alu_reorder_bits_used",
    value: "0",
    hits: (jobs) =>
      some(
        jobs,
        (f) => isStrided(f) && f("in_tile_x_size") > 200 && f("alu_reorder_bits_used") === 0,
      ),
  },
  {
    what: "space-to-depth with reorder bits",
    field: "alu_reorder_bits_used",
    value: "log₂ of the tile",
    hits: (jobs) => some(jobs, (f) => f("alu_reorder_bits_used") > 0),
  },
  {
    what: "TP jobs behind state 0x3950",
    field: "unknown_03950",
    value: "0",
    hits: (_, loads) => loads.includes(0x3950),
  },
  {
    what: "TP jobs without state 0x3950",
    field: "unknown_03950",
    value: "not loaded",
    hits: (_, loads) => loads.includes(0x10b8) && !loads.includes(0x3950),
  },
  {
    what: "sums of more columns than rows",
    field: "in_image_x_size",
    value: "the longer side",
    hits: (jobs) =>
      some(jobs, (f) => f("kernel_z_size") === 2 && f("in_image_x_size") > f("in_image_y_size")),
  },
  {
    what: "sums of more rows than columns",
    field: "in_image_x_size",
    value: "the flattened width",
    hits: (jobs) =>
      some(jobs, (f) => f("kernel_z_size") === 2 && f("in_image_y_size") > f("in_image_x_size")),
  },
  {
    what: "offsets whose signs are not in word 18",
    field: "in_image_x_offset_negative",
    value: "0",
    hits: (jobs) =>
      some(jobs, (f) => f("in_image_x_offset") < 0 && f("in_image_x_offset_negative") === 0),
  },
  {
    what: "RELU with an output zero point",
    field: "out_zero_point",
    value: "128",
    hits: (jobs) => some(jobs, (f) => f("relu") === 1 && f("out_zero_point") > 0),
  },
  {
    what: "small depthwise kernels before the image",
    field: "in_image_x_offset",
    value: "Mesa's",
    hits: (jobs) =>
      some(jobs, (f) => f("in_image_x_offset") < 0 && f("in_image_x_size") < 5 && f("relu") === 0),
  },
  {
    what: "space-to-depth split by rows",
    field: "in_image_z_size",
    value: "split by rows",
    hits: (jobs) =>
      new Set(jobs.filter((f) => f.out_loop_3_reset).map((f) => f.in_window_y_end)).size > 1,
  },
];

/** An emulator that flips a bit of the arena's last byte if it is given jobs that a fault hits. */
function faulty(fault: Fault): (blob: Blob) => Promise<Device> {
  return async (blob) => {
    const device = await openEmulator(blob);
    const execute = device.submit;
    const jobs = blob.segments.flatMap((segment) => segment.jobs);
    const fields = jobs.map(
      (job) => decodeFields(descriptorWords(blob, job), DESCRIPTORS[job.kind]).fields,
    );
    device.submit = async (stream) => {
      await execute(stream);
      const loads = decodeStream(stream).flatMap((packet) =>
        packet.kind === "states" ? packet.address : [],
      );
      const arena = device.arena();
      if (fault.hits(fields, loads)) arena[arena.length - 1] = (arena.at(-1) as number) ^ 1;
    };
    return device;
  };
}

for (const fault of FAULTS) {
  test(`a device that fails at ${fault.what} is told by its field`, async () => {
    const { target = "a311d", field, value } = fault;
    const report = await formsOf(target, field, faulty(fault));
    const own = report.variants.filter((variant) => variant.field === field);
    const failing = own.filter(({ status }) => status === "fail").map((variant) => variant.value);
    assert.equal([...new Set(failing)], [value]);
    const text = countsText(report);
    assert.ok(text.includes(`${field} does not work as: ${value} (`), text);
    const passing = own.filter(({ status }) => status === "pass");
    assert.ok(passing.length > 0, "the other form passes");
  });
}

test("a field or pattern that is not there is refused", async () => {
  const error = await formsOf("a311d", NONE).catch((error) => error);
  assert.ok(error instanceof NolfetError && error.code === "BAD_OPTION");
});

test.run();
