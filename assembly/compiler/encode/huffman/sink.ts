/** What takes the bytes of one core's stream in order. */
export abstract class Sink {
  /** A byte that is no part of a run, even if it is 0. */
  abstract literal(value: u32): void;

  /** So many weights of zero. */
  abstract zeros(count: u32): void;

  /**
   * The `count` weights of a table at `table`, each combined with `flip` (exclusive or)
   * and less the byte that stands for zero: what is at `base` plus the entry, or zero. Nearly all time goes here, so that each sink has a
   * loop of its own.
   */
  abstract taps(base: usize, table: usize, count: i32, zero: u32, flip: u32): void;
}

/** The weight that a table's entry stands for. */
export function weightAt(base: usize, entry: usize, zero: u32, flip: u32): u32 {
  const offset = load<i32>(entry);
  return offset < 0 ? 0 : (((load<u8>(base + offset) as u32) ^ flip) - zero) & 0xff;
}
