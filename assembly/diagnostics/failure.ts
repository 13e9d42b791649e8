import { Code, PlaceKind } from "./codes";
import { Text } from "./text";

/**
 * The first thing that went wrong. Nothing throws in the Wasm modules: whoever finds a fault
 * records it here with `fail` and returns; callers return as well once `failed()`.
 */
let code: Code = Code.OK;
let kind: PlaceKind = PlaceKind.NONE;
let place: u32 = 0;
const text = new Text(4096);

/** Records the fault unless one is recorded already. Returns false, to be handed on. */
export function fail(what: Code, where: PlaceKind, at: u32, expected: string, found: string): bool {
  if (code == Code.OK) {
    code = what;
    kind = where;
    place = at;
    text.clear().add(expected).add("\n").add(found);
  }
  return false;
}

export function failed(): bool {
  return code != Code.OK;
}

export function clearFailure(): void {
  code = Code.OK;
  kind = PlaceKind.NONE;
  place = 0;
  text.clear();
}

// What the host reads after a status other than 0.

export function failureCode(): i32 {
  return code;
}

export function failurePlaceKind(): i32 {
  return kind;
}

export function failurePlace(): u32 {
  return place;
}

/** Pointer to an AssemblyScript string: what was expected, a line break, what was found. */
export function failureText(): usize {
  return changetype<usize>(text.string);
}
