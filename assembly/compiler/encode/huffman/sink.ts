import { NO_TAP } from "../../lower/kernels";

/** What takes the bytes of one core's stream in order. */
export abstract class Sink {
  abstract byte(value: u32): void;

  /**
   * The `count` weights of a table at `table`, each less the byte that stands for zero: what
   * is at `base` plus the entry, or zero. Nearly all time goes here.
   */
  taps(base: usize, table: usize, count: i32, zero: u32): void {
    for (const end = table + ((count as usize) << 2); table < end; table += 4) {
      const offset = load<i32>(table);
      this.byte(offset == NO_TAP ? 0 : ((load<u8>(base + offset) as u32) - zero) & 0xff);
    }
  }
}
