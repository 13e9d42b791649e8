import { spawnSync } from "node:child_process";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { NetworkDocument } from "../../host/nbg/document.ts";
import { ROOT } from "../package/documents.ts";
import { hasShared, SHARED } from "../support/shared.ts";

/** Published files, and how many jobs each has by an independent count. */
// biome-ignore format: a table
const FILES: [file: string, core: string | null, NN: number, TP: number, shader: number][] = [
  ["0xb9-mobilenet_v1-uint8.nb", "vip9000nano-si.0xb9", 30, 9, 0],
  ["a311d-alike-int8.nb", "vipnano-qi.a311d", 26, 17, 1],
  ["a311d-densenet_ctc-int8.nb", "vipnano-qi.a311d", 30, 115, 28],
  ["a311d-yolov8n-uint8.nb", "vipnano-qi.a311d", 132, 784, 11],
  ["s905d3-mobilenet_v1-uint8.nb", "vippico_v3.s905d3", 27, 9, 2],
  ["lenet/v853-lenet-uint8.nb", null, 5, 7, 1],
];

function inspect(file: string, ...options: string[]): string {
  const run = spawnSync(
    "node",
    ["dist/cli.js", "inspect", `${SHARED}/vendor/${file}`, ...options],
    {
      cwd: ROOT,
      encoding: "utf8",
      maxBuffer: 2 ** 28,
    },
  );
  assert.is(run.status, 0, run.stderr);
  return run.stdout;
}

if (hasShared("the vendor's network files")) {
  for (const [file, core, ...jobs] of FILES) {
    test(`${file}: target, jobs, and coefficients of every NN job`, () => {
      const document = JSON.parse(inspect(file, "--json")) as NetworkDocument;
      assert.is(document.target.core, core);
      const counts = ["NN", "TP", "shader"].map(
        (kind) => document.operations.filter((operation) => operation.kind === kind).length,
      );
      assert.equal(counts, jobs);
      for (const { kind, data } of document.operations) {
        if (kind !== "NN") continue;
        assert.is(data?.kind, "coefficients");
        const { statistics, bytes } = data as Required<NonNullable<typeof data>>;
        const streamed =
          statistics.coding === "zero runs"
            ? statistics.streams.reduce((sum, { bytes }) => sum + bytes, 0)
            : statistics.streams.reduce((sum, { bits }) => sum + 64 * Math.ceil(bits / 512), 0);
        // The streams, their head of 64 bytes, and on v8 the biases after them.
        assert.ok(streamed > 0 && streamed + 64 <= bytes, `${streamed} of ${bytes}`);
      }
    });
  }

  test("every field that a vendor's NN job sets has a name, but for the words of later compilers", () => {
    for (const [file] of FILES) {
      const document = JSON.parse(inspect(file, "--json", "--disassemble")) as NetworkDocument;
      const unlisted = new Set(
        document.operations.flatMap(({ unlisted }) => Object.keys(unlisted ?? {})),
      );
      assert.equal(
        [...unlisted].filter((word) => !LATER_WORDS.includes(word)),
        [],
        file,
      );
    }
  });

  test("people see layers, jobs and, on request, fields", () => {
    const text = inspect("a311d-alike-int8.nb");
    assert.match(text, /vipnano-qi\.a311d, "alile-n_NCHW", vendor's format VPMN 0x10009/);
    assert.match(text, /16 {2}DeConvolutionLayer +2 +4/);
    const fields = inspect("a311d-alike-int8.nb", "--disassemble");
    assert.match(fields, /kernel_caching_mode +1 +8\[3:2\]/);
    assert.match(fields, /PS_NN_INST_ADDR/);
  });
}

/** Words 18, 22, 24 and 25 of v8, and 31. */
const LATER_WORDS = ["18", "22", "24", "25", "31"];

test.run();
