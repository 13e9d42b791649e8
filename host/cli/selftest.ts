import { arch, release } from "node:os";
import type { Command } from "commander";
import type { DeviceChoice } from "../devices/device.ts";
import { identityWords } from "../devices/identity.ts";
import { listDevices } from "../index.ts";
import { printableAll } from "../printable.ts";
import { type SelfTestReport, selfTest } from "../selftest/selftest.ts";
import { countsText, resultText } from "../selftest/text.ts";
import { mesaVersion } from "./mesa.ts";
import { addJson, DEFAULT_TARGET, DEVICE_WORDS, parseMilliseconds } from "./options.ts";
import { writeOutput } from "./output.ts";
import { paint, print, printJson, table } from "./terminal.ts";

interface Options {
  device: DeviceChoice;
  target?: string;
  timeout?: number;
  allowUnproven?: boolean;
  only?: string;
  report?: string;
  json?: boolean;
}

const STYLE = { table, heading: paint.bold, aside: paint.dim };

export function addSelfTest(program: Command): void {
  const command = program
    .command("selftest")
    .description("run every job pattern on a device and compare it with the emulator")
    .option("-d, --device <device>", DEVICE_WORDS, "auto")
    .option("-t, --target <name>", "core to compile for (default: the device's own)")
    .option(
      "--timeout <ms>",
      "time limit of a device for one submission, in milliseconds",
      parseMilliseconds,
    )
    .option("--allow-unproven", "test unproven jobs, too")
    .option("--only <text>", "only patterns with this in their names")
    .option("-r, --report <file>", "write the report there as JSON, to be shared");
  addJson(command).action(test);
}

async function test({ json = false, report: file, ...options }: Options): Promise<void> {
  const target = options.target ?? targetOf(options.device);
  const report = await selfTest({
    ...options,
    target,
    progress: (result) => {
      if (!json) print(resultText(printableAll(result), STYLE));
    },
  });
  const document = { ...machine(), ...report };
  if (file !== undefined) await writeOutput(file, encode(document));
  if (json) printJson(document);
  else {
    const shown = printableAll(report);
    print(`\n${machineText(shown)}\n${countsText(shown)}`);
  }
  if (report.counts.fail + report.counts.refused > 0) process.exitCode = 1;
}

function encode(document: object): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(document, undefined, 2)}\n`);
}

/** The core of the device that is there. */
function targetOf(device: DeviceChoice): string {
  if (device === "emulator") return DEFAULT_TARGET;
  const { nodes } = listDevices();
  const wanted = nodes.filter(({ path }) => device === "auto" || path === device);
  const [core] = wanted.flatMap(({ pipes }) => pipes.flatMap(({ core }) => core ?? []));
  return core?.name ?? DEFAULT_TARGET;
}

/** What identifies the machine that a report comes from. */
function machine() {
  const mesa = mesaVersion();
  return { node: process.version, kernel: release(), architecture: arch(), ...(mesa && { mesa }) };
}

function machineText({ nolfet, target, device }: SelfTestReport): string {
  const { node, kernel, architecture } = machine();
  const { driver, identity } = device;
  const lines = [
    `nolfet ${nolfet}, Node ${node}, Linux ${kernel} on ${architecture}`,
    `${target} at ${device.name}: ${device.reason}`,
  ];
  if (driver) lines.push(`${driver.name} ${driver.major}.${driver.minor}.${driver.patch}`);
  if (identity) lines.push(identityWords(identity));
  return lines.join("\n");
}
