/** Pseudo-random numbers that are the same in every run, from a name (xorshift, 32 bits). */
export class Noise {
  private state = 0x811c9dc5;

  constructor(name: string) {
    for (const character of name) {
      this.state = Math.imul(this.state ^ (character.codePointAt(0) as number), 0x01000193);
    }
    this.state |= 1;
  }

  /** A whole number from `least` to `most`, both included. */
  integer(least: number, most: number): number {
    this.state ^= this.state << 13;
    this.state ^= this.state >>> 17;
    this.state ^= this.state << 5;
    return least + ((this.state >>> 0) % (most - least + 1));
  }

  fill(bytes: Uint8Array): void {
    for (let i = 0; i < bytes.length; i++) bytes[i] = this.integer(0, 255);
  }
}
