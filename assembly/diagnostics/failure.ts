import { Code, LocationKind } from "./codes";
import { Text } from "./text";

/**
 * The first thing that went wrong. Nothing throws in the Wasm modules: the code that finds a fault
 * records it here with `fail` and returns; callers return as well once `failed()`.
 */
let code: Code = Code.OK;
let kind: LocationKind = LocationKind.NONE;
let location: u32 = 0;
const text = new Text(4096);

/** Records the fault unless one is recorded already. Returns false, to be handed on. */
export function fail(
  what: Code,
  where: LocationKind,
  at: u32,
  expected: string,
  found: string,
): bool {
  if (code == Code.OK) {
    code = what;
    kind = where;
    location = at;
    text.clear().add(expected).add("\n").add(found);
  }
  return false;
}

export function failed(): bool {
  return code != Code.OK;
}

export function clearFailure(): void {
  code = Code.OK;
  kind = LocationKind.NONE;
  location = 0;
  text.clear();
}

// What the host reads after a status other than 0.

export function failureCode(): i32 {
  return code;
}

export function failureLocationKind(): i32 {
  return kind;
}

export function failureLocation(): u32 {
  return location;
}

/** Pointer to an AssemblyScript string: what was expected, a line break, what was found. */
export function failureText(): usize {
  return changetype<usize>(text.string);
}
