import { NolfetError } from "./errors.ts";
import { nearest } from "./nearest.ts";

// What callers of the library's functions give, looked at before anything is done with it.

/** What an option may be, and the words for it. */
export interface ArgumentRule {
  is(value: unknown): boolean;
  expected: string;
}

/** One rule for each option of a type. */
export type Rules<T> = { readonly [Name in keyof Required<T>]: ArgumentRule };

export const BOOLEAN: ArgumentRule = {
  is: (value) => typeof value === "boolean",
  expected: "true or false",
};
export const BYTES: ArgumentRule = {
  is: (value) => value instanceof Uint8Array,
  expected: "a Uint8Array",
};

export function text(expected: string): ArgumentRule {
  return { is: (value) => typeof value === "string" && value !== "", expected };
}

/**
 * Throws BAD_OPTION for the first option that has no rule, with the names most like it, or that its
 * rule does not allow. An undefined option counts as left out.
 */
export function checkOptions<T>(options: T, rules: Rules<T>): void {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new NolfetError("BAD_OPTION", "an object", `the options are ${words(options)}`);
  }
  for (const [name, value] of Object.entries(options)) {
    const names = Object.keys(rules);
    if (!names.includes(name)) {
      throw new NolfetError("BAD_OPTION", nearest(name, names), `no option ${words(name)}`);
    }
    const { is, expected } = rules[name as keyof T];
    if (value !== undefined && !is(value)) {
      throw new NolfetError("BAD_OPTION", expected, `${name} is ${words(value)}`);
    }
  }
}

/** Throws BAD_INPUT, naming what was asked for, unless it is a Uint8Array. */
export function checkBytes(bytes: Uint8Array, what: string): void {
  checkInput(bytes, bytes instanceof Uint8Array, `${what} as Uint8Array`);
}

/** Throws BAD_INPUT unless an argument is what was expected. */
export function checkInput(value: unknown, isRight: boolean, expected: string): void {
  if (!isRight) throw new NolfetError("BAD_INPUT", expected, words(value));
}

/** The bytes in memory that no one else changes. A Buffer's own `slice` would share them. */
export function ownBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}

const MOST_LETTERS = 40;

/** Any value in a few words: a string in quotes and cut to what fits a line, an object by its class. */
export function words(value: unknown): string {
  if (typeof value === "string") {
    return JSON.stringify(value.length > MOST_LETTERS ? `${value.slice(0, MOST_LETTERS)}…` : value);
  }
  if (typeof value === "function") return "a function";
  if (typeof value !== "object" || value === null) return String(value);
  return value.constructor?.name ?? "an object";
}
