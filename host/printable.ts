/**
 * What moves a cursor, changes colours, breaks lines or turns the direction of text: control
 * characters, the separators of lines and paragraphs, and marks of direction; and halves of
 * characters, which have no bytes.
 */
const UNPRINTABLE = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]|\p{Cs}/gu;

/** Text from outside as a terminal or a page may show it: `\u001b` for the character itself. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (character) => {
    const code = character.charCodeAt(0).toString(16).padStart(4, "0");
    return `\\u${code}`;
  });
}

/** The same for all texts of a plain document; typed arrays and the like stay as they are. */
export function printableAll<T>(document: T): T {
  if (typeof document === "string") return printable(document) as T;
  if (Array.isArray(document)) return document.map(printableAll) as T;
  if (typeof document !== "object" || document === null) return document;
  if (Object.getPrototypeOf(document) !== Object.prototype) return document;
  const entries = Object.entries(document).map(([key, value]) => [key, printableAll(value)]);
  return Object.fromEntries(entries) as T;
}
