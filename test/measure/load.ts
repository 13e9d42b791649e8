import { readFile } from "node:fs/promises";
import { Session } from "../../host/index.ts";
import { timed } from "./samples.ts";

// Loads a blob again and again, in a process that has a device: `load.ts BLOB DEVICE TIMES` prints
// the milliseconds of each time, from the file to a session that is ready, as JSON.

const [path = "", device = "auto", times = "1"] = process.argv.slice(2);
const milliseconds: number[] = [];
for (let i = 0; i < Number(times); i++) {
  const [time, session] = await timed(async () => {
    return Session.create(await readFile(path), { device });
  });
  milliseconds.push(time);
  await session.release();
}
console.log(JSON.stringify(milliseconds));
