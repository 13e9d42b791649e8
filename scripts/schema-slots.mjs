const HEAD = "// Generated from nolf.fbs by scripts/schema.mjs, do not modify.\n";

/** Gives AssemblyScript constants for the slots of every table, from flatc's TypeScript. */
export function slotsSource(accessors) {
  const tables = accessors.split("export class ").slice(1);
  return HEAD + tables.map(tableSlots).join("");
}

/** Gives one of the schema's enumerations for AssemblyScript, from flatc's TypeScript. */
export function enumSource(accessors, name) {
  const [, members] = accessors.match(new RegExp(`export enum ${name} ?\\{(.*?)\\}`, "s"));
  const lines = members.split(",").map((member) => `  ${member.trim()},\n`);
  return `${HEAD}\nexport enum ${name} {\n${lines.join("")}}\n`;
}

function tableSlots(source) {
  const name = source.match(/^\w+/)[0];
  const adders = source.matchAll(/static add(\w+)\(.*?addField\w+\((\d+)/gs);
  const slots = [...adders].map(
    ([, field, slot]) => `  export const ${constantCase(field)}: i32 = ${slot};\n`,
  );
  return slots.length === 0 ? "" : `\nexport namespace ${name}Slot {\n${slots.join("")}}\n`;
}

function constantCase(field) {
  return field.replace(/(?<=[a-z0-9])[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}
