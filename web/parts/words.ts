/** Fused operators leave names after that list all of their parts. */
export function shortened(name: string, most = 60): string {
  return name.length > most ? `${name.slice(0, most)}…` : name;
}

/** A shape without its batch of one: "28×28×1". */
export function shapeOf(shape: readonly number[]): string {
  const [batch, ...rest] = shape;
  return (batch === 1 && rest.length > 0 ? rest : shape).join("×");
}

export function hexadecimal(word: number): string {
  return `0x${word.toString(16).padStart(8, "0")}`;
}

const COMPACT = new Intl.NumberFormat("en-US", {
  notation: "compact",
  maximumSignificantDigits: 3,
});

/** A large count to three digits: "86.3M". */
export function compact(count: number): string {
  return COMPACT.format(count);
}
