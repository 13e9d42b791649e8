import { type Location, NolfetError } from "../errors.ts";

/** The name of an enum's value, spelled as the host does. */
export function nameOf<T extends string>(
  values: Record<string | number, string | number>,
  value: number,
  what: string,
  location?: Location,
): T {
  const name = values[value];
  if (typeof name === "string") return name as T;
  throw new NolfetError("BAD_BLOB", `a known ${what}`, `${value}`, location);
}

export function lowerNameOf<T extends string>(...parameters: Parameters<typeof nameOf>): T {
  return nameOf(...parameters).toLowerCase() as T;
}
