import type { Command } from "commander";
import { TARGETS } from "../targets.ts";
import { addJson } from "./options.ts";
import { print, printJson, table } from "./terminal.ts";

export function addTargets(program: Command): void {
  const command = program.command("targets").description("list the known cores");
  addJson(command).action(listTargets);
}

function listTargets({ json }: { json?: boolean }): void {
  const targets = TARGETS.map(({ name, aliases, mark, core }) => {
    const { name: _name, aliases: _aliases, mark: _mark, ...parameters } = { ...core };
    return { name, aliases, mark, ...parameters };
  });
  if (json) {
    printJson({ targets });
    return;
  }
  const rows = targets.map((target) => [
    target.name,
    target.aliases.join(", "),
    target.mark,
    `v${target.architecture}`,
    target.nnCores,
    target.tpCores,
    `${target.sramBytes / 1024} KiB`,
    `${hex(target.model)}:${hex(target.revision)}`,
  ]);
  const head = [
    "target",
    "aliases",
    "mark",
    "NN",
    "NN cores",
    "TP cores",
    "SRAM",
    "model:revision",
  ];
  print(table(head, rows, ["NN cores", "TP cores", "SRAM"]));
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
