import { test } from "uvu";
import * as assert from "uvu/assert";
import { openBlob } from "../../host/blob/open.ts";
import { compile } from "../../host/index.ts";
import { differences, type RecordedSubmission } from "../support/identity.ts";
import { recordingNames } from "../support/recordings.ts";
import { hasShared, readShared } from "../support/shared.ts";

// With `--compat mesa`, nolfet writes what Mesa 25.0.7 wrote: the same jobs in the same order,
// all words but addresses, all coefficient bytes, the same command stream.

/** Where the recording holds stale memory: output channels that do not fill the last cores. */
const STALE: Record<string, Record<string, string[]>> = {
  "vipnano-qi.a311d": {
    "mobilenet_v1_1.0_224_quant": [
      "submission 1, job 1: 1040448 coefficient bytes, not the recorded 1040448",
    ],
    ssdlite_mobiledet_coco_qat_postprocess: [
      "submission 0, job 128: 145984 coefficient bytes, not the recorded 145984",
    ],
  },
};

for (const core of ["vipnano-qi.a311d", "vipnano-si+.imx8mp"]) {
  test(`writes what was recorded for ${core}`, async () => {
    if (!hasShared(`identity with the recordings of ${core}`)) return;
    const names = recordingNames(`conformance/${core}`).filter((name) => hasJobs(core, name));
    let identical = 0;
    const wrong: string[] = [];
    const stale = STALE[core] ?? {};
    for (const name of names) {
      const found = await differencesFor(core, name);
      if (found.length === 0) identical++;
      if (found.join("\n") !== (stale[name] ?? []).join("\n")) wrong.push(name, ...found);
    }
    console.log(`${core}: ${identical} of ${names.length} recordings identical`);
    for (const [name, differs] of Object.entries(stale)) console.log(`  ${name}: ${differs}`);
    assert.equal(wrong, []);
    assert.is(identical, names.length - Object.keys(stale).length);
  });
}

async function differencesFor(core: string, name: string): Promise<string[]> {
  const blob = openBlob(
    await compile(readShared(modelPath(name)), { target: core, compat: "mesa" }),
  );
  return differences(blob, submissions(core, name));
}

function hasJobs(core: string, name: string): boolean {
  return submissions(core, name).length > 0;
}

/** All but the first, which only sets the NPU up. */
function submissions(core: string, name: string): RecordedSubmission[] {
  const json = readShared(`conformance/${core}/${name}/jobs.json.gz`);
  return JSON.parse(new TextDecoder().decode(json)).submits.slice(1);
}

function modelPath(name: string): string {
  const folder = /^(mb|mobiledet)-\d/.test(name) ? "models/layers" : "models";
  return `${folder}/${name}.tflite`;
}

test.run();
