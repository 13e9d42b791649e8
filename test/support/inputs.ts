/**
 * The bytes that reference outputs were computed from: one linear congruential generator that
 * runs on through all inputs of a model.
 */
export class InputGenerator {
  #seed = 12345;

  bytes(count: number): Uint8Array {
    const bytes = new Uint8Array(count);
    for (let i = 0; i < count; i++) {
      this.#seed = (Math.imul(this.#seed, 1103515245) + 12345) >>> 0;
      bytes[i] = this.#seed >>> 16;
    }
    return bytes;
  }
}
