import { test } from "uvu";
import * as assert from "uvu/assert";
import { compile } from "../../host/index.ts";
import { hasShared, readShared } from "../support/shared.ts";

// Small models that were once left on the CPU are on the NPU.

/** Operators that stay on the CPU, by the model's name. */
const LEFT: Record<string, string[]> = {
  dfl_head: ["SOFTMAX"],
};

const [, list = ""] = hasShared("small models that once failed")
  ? (/\*\*Left on the CPU\.\*\*(.*)/.exec(
      new TextDecoder().decode(readShared("cases/README.md")),
    ) ?? [])
  : [];
const names = [...list.matchAll(/`([^`]+)`/g)].map(([, name]) => name as string);

for (const target of ["a311d", "imx8mp"]) {
  for (const name of names) {
    test(`${name} is on the NPU of ${target}`, async () => {
      const { report } = await compile(readShared(`cases/${name}.tflite`), { target });
      const onCpu = report.operators.filter(({ placement }) => placement === "CPU");
      assert.equal(
        onCpu.map(({ name }) => name),
        LEFT[name] ?? [],
        onCpu.map(({ reason }) => reason).join("; "),
      );
    });
  }
}

test("the list names models", () => {
  if (list !== "") assert.ok(names.length > 15, `${names.length} names`);
});

test.run();
