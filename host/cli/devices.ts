import type { Command } from "commander";
import { identityWords } from "../devices/identity.ts";
import type { ListedNode } from "../devices/machine.ts";
import type { Pipe } from "../devices/nodes.ts";
import { listDevices } from "../index.ts";
import { printableAll } from "../printable.ts";
import { about } from "./files.ts";
import { readInput } from "./input.ts";
import { addJson } from "./options.ts";
import { paint, print, printJson, table } from "./terminal.ts";

export function addDevices(program: Command): void {
  const command = program
    .command("devices")
    .description("list the NPUs of this machine, and whether a blob runs on them")
    .argument("[blob]", "a .nolf file");
  addJson(command).action(list);
}

async function list(path: string | undefined, { json }: { json?: boolean }): Promise<void> {
  const blob = path === undefined ? undefined : await readInput(path, "model");
  const devices = await about(path ?? "", () => listDevices(blob));
  if (json) {
    const nodes = devices.nodes.map((node) => ({ ...node, pipes: node.pipes.map(pipeDocument) }));
    printJson({ ...devices, nodes });
    return;
  }
  const { reason, nodes } = printableAll(devices);
  if (reason) {
    print(reason);
    return;
  }
  const rows = nodes.flatMap(nodeRows);
  const head = ["node", "driver", "pipe", "core", "identity"];
  print(table(head, rows, ["pipe"]));
  for (const { path, fit } of nodes) {
    if (fit) print(fitLine(path, fit));
  }
}

/** The table's row by its name; all other parameters follow from that. */
function pipeDocument({ core, ...pipe }: Pipe): object {
  return { ...pipe, ...(core ? { target: core.name } : {}) };
}

function nodeRows({ path, driver, pipes, error }: ListedNode): (string | number)[][] {
  if (!driver || error !== undefined) return [[path, paint.dim(error ?? ""), "", "", ""]];
  const { name, major, minor, patch } = driver;
  const version = `${name} ${major}.${minor}.${patch}`;
  if (pipes.length === 0) return [[path, version, "", paint.dim("none"), ""]];
  return pipes.map(({ index, core, identity }) => {
    const target = core?.name ?? paint.dim("none that is known");
    return [path, version, index, target, identityWords(identity)];
  });
}

function fitLine(path: string, fit: NonNullable<ListedNode["fit"]>): string {
  if ("pipe" in fit) return paint.green(`the blob runs on ${path}, pipe ${fit.pipe}`);
  return paint.yellow(`the blob does not run there: ${fit.reason}`);
}
