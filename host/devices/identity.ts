import { CORES, type Core } from "../../assembly/targets/cores.ts";

/** What the kernel driver reports about a core. */
export type Identity = Pick<Core, "model" | "revision" | "product" | "customer" | "eco">;

/** On no core do streams depend on the lowest digit of the revision. */
const REVISION_MASK = 0xfff0;

const EXACT = ["model", "product", "customer", "eco"] as const;

/** Whether streams compiled for the one core are for the other. */
export function isSameCore(core: Identity, other: Identity): boolean {
  const sameRevision = ((core.revision ^ other.revision) & REVISION_MASK) === 0;
  return sameRevision && EXACT.every((field) => core[field] === other[field]);
}

/** The core of the table with that identity. */
export function coreOf(identity: Identity): Core | undefined {
  return CORES.find((core) => isSameCore(core, identity));
}

/** As "model 0x8000, revision 0x7120, …". */
export function identityWords(identity: Identity): string {
  const fields = ["model", "revision", "product", "customer", "eco"] as const;
  return fields.map((field) => `${field} 0x${identity[field].toString(16)}`).join(", ");
}
