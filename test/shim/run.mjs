// Runs the scenarios of a file with an addon, in a process where the stand-in is the kernel:
// run.mjs ADDON FILE. Plain JavaScript, as Node for boards runs it under an emulator.
import { createRequire } from "node:module";

const [addon, file] = process.argv.slice(2);
const { Device } = createRequire(import.meta.url)(addon);
const open = (node) => new Device(node.startsWith("/") ? node : `/dev/dri/${node}`);

for (const [name, scenario] of Object.entries(await import(`./scenarios/${file}`))) {
  await scenario(open, addon);
  process.stdout.write(`${name}\n`);
}
