import { test } from "uvu";
import * as assert from "uvu/assert";
import { bytesOf, type TypedArray, valuesOf } from "../../host/dtype.ts";
import { compile, Session } from "../../host/index.ts";
import { loadLiteRtWith } from "../../host/litert/module.ts";
import { loadInstalledLiteRt } from "../../host/litert/node.ts";
import { compileForLiteRt } from "../../host/litert/runtime.ts";
import { chooseReferenceKernels } from "../support/litert.ts";
import { Random } from "../support/random.ts";
import { type ByteType, MAKERS } from "../support/random-models.ts";

// The kernels beside LiteRT's reference kernels, over random operators: byte for byte.

const CASES = 40;

for (const [name, make] of Object.entries(MAKERS)) {
  for (const dtype of ["uint8", "int8"] as ByteType[]) {
    test(`${name} of ${dtype} is LiteRT's, byte for byte`, async () => {
      for (let seed = 1; seed <= CASES; seed++) {
        const { model, inputs } = make(new Random(seed), dtype);
        const liteRt = await compileForLiteRt(model);
        const [expected] = await liteRt.run(inputs);
        liteRt.release();
        assert.equal(await runOnCpu(model, inputs), expected, `seed ${seed}`);
      }
    });
  }
}

test.before(() => {
  chooseReferenceKernels();
});
// Other tests in this process expect what users have.
test.after(() => loadLiteRtWith(loadInstalledLiteRt));

async function runOnCpu(model: Uint8Array, inputs: Uint8Array[]): Promise<Uint8Array> {
  const session = await Session.create(await compile(model, { target: "a311d", cpuOnly: true }));
  const feeds = session.inputs.map(({ name, dtype }, i) => {
    return [name, valuesOf(dtype, inputs[i] as Uint8Array)] as const;
  });
  const outputs = await session.run(Object.fromEntries(feeds));
  return bytesOf(outputs[session.outputs[0]?.name ?? ""] as TypedArray);
}

test.run();
