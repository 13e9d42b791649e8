// Numbers as people read them, in the terminal and in pages.

/** 1234567 as 1,234,567. */
export function grouped(value: number): string {
  return value.toLocaleString("en-US");
}

/** A number of bytes with its unit: "784 bytes", "56.8 kB", "3.08 MB". */
export function size(bytes: number): string {
  if (bytes < 1e3) return counted(bytes, "byte");
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(2)} MB`;
}

/** A time to two digits: "1.4 ms", "2.2 µs". */
export function duration(milliseconds: number): string {
  const twoDigits = (value: number) => Number(value.toPrecision(2));
  if (milliseconds >= 1) return `${twoDigits(milliseconds)} ms`;
  return `${twoDigits(1000 * milliseconds)} µs`;
}

/** A part of a whole: "99.9 %"; "none" where the whole is empty. */
export function percent(part: number, whole: number): string {
  return whole === 0 ? "none" : `${((100 * part) / whole).toFixed(1)} %`;
}

/** "99.9 % of the multiply-accumulates"; of none, there is no share. */
export function shareOfMacs({ npu, total }: { npu: number; total: number }): string {
  return total === 0
    ? "no multiply-accumulates"
    : `${percent(npu, total)} of the multiply-accumulates`;
}

/** "1 operator", "2 operators". */
export function counted(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? "" : "s"}`;
}
