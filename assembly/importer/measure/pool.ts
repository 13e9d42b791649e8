/**
 * Memory that is given back: the runtime's own never is. Free blocks are kept in the order of their
 * addresses; neighbours are joined, and the first that is large enough is cut.
 */
export class Pool {
  private starts: usize[] = [];
  private sizes: usize[] = [];
  private taken: Map<usize, usize> = new Map<usize, usize>();

  /** Room for `count` numbers of 32 bits, at an address that is a multiple of 16. */
  take(count: i32): usize {
    const bytes = ((max(count, 1) as usize) * 4 + 15) & ~15;
    for (let i = 0; i < this.starts.length; i++) {
      if (this.sizes[i] < bytes) continue;
      const start = this.starts[i];
      this.starts[i] += bytes;
      this.sizes[i] -= bytes;
      if (this.sizes[i] == 0) this.remove(i);
      this.taken.set(start, bytes);
      return start;
    }
    const start = heap.alloc(bytes);
    this.taken.set(start, bytes);
    return start;
  }

  give(start: usize): void {
    const bytes = this.taken.get(start);
    this.taken.delete(start);
    let at = 0;
    while (at < this.starts.length && this.starts[at] < start) at++;
    this.insert(at, start, bytes);
    if (at + 1 < this.starts.length && start + bytes == this.starts[at + 1]) this.join(at);
    if (at > 0 && this.starts[at - 1] + this.sizes[at - 1] == start) this.join(at - 1);
  }

  private insert(at: i32, start: usize, bytes: usize): void {
    this.starts.push(0);
    this.sizes.push(0);
    for (let i = this.starts.length - 1; i > at; i--) {
      this.starts[i] = this.starts[i - 1];
      this.sizes[i] = this.sizes[i - 1];
    }
    this.starts[at] = start;
    this.sizes[at] = bytes;
  }

  private join(at: i32): void {
    this.sizes[at] += this.sizes[at + 1];
    this.remove(at + 1);
  }

  private remove(at: i32): void {
    this.starts.splice(at, 1);
    this.sizes.splice(at, 1);
  }
}

/** The one pool of the instance. */
export const pool: Pool = new Pool();
