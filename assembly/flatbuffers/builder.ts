/**
 * Builds a FlatBuffer from its end to its beginning, as the format wants it: children first,
 * then what refers to them. Positions are counted from the end, so they stay when the
 * memory grows.
 *
 *  ┌──────────────┬───────────────────────────────────┐
 *  │ free         │ written                           │
 *  └──────────────┴───────────────────────────────────┘
 *                 ↑ end − size                        ↑ end
 */
export class Builder {
  /** Bytes written so far. */
  size: u32 = 0;
  private start: usize;
  private capacity: u32;
  private tables: Layouts = new Layouts();

  constructor(capacity: u32) {
    this.capacity = capacity;
    this.start = allocate(capacity);
  }

  /** The address of the first written byte. */
  get pointer(): usize {
    return this.start + this.capacity - this.size;
  }

  /** Zero bytes until, after `more` further bytes, the size is a multiple of `to`. */
  align(to: u32, more: u32 = 0): void {
    const padding = (0 - (this.size + more)) & (to - 1);
    this.reserve(padding);
    this.size += padding;
  }

  /** Reserves zero bytes and gives their address. */
  append(bytes: u32): usize {
    this.reserve(bytes);
    this.size += bytes;
    return this.pointer;
  }

  u32(value: u32): void {
    store<u32>(this.append(4), value);
  }

  /** An offset to what begins at `position`. */
  reference(position: u32): void {
    this.align(4);
    this.u32(this.size + 4 - position);
  }

  /** Copies `count` elements of `width` bytes each; gives the vector's position. */
  vector(source: usize, count: u32, width: u32, alignment: u32 = width): u32 {
    const bytes = count * width;
    this.align(4, bytes);
    this.align(alignment, bytes);
    memory.copy(this.append(bytes), source, bytes);
    this.u32(count);
    return this.size;
  }

  integers(values: i32[]): u32 {
    return this.vector(values.dataStart, values.length, 4);
  }

  /** A vector of offsets to tables. */
  references(positions: u32[]): u32 {
    this.align(4);
    for (let i = positions.length - 1; i >= 0; i--) this.reference(positions[i]);
    this.u32(positions.length);
    return this.size;
  }

  /** A string: its bytes and one zero byte that its length does not count. */
  bytes(source: usize, length: u32): u32 {
    this.align(4, length + 1);
    memory.copy(this.append(length + 1), source, length);
    this.u32(length);
    return this.size;
  }

  text(value: string): u32 {
    const encoded = String.UTF8.encode(value);
    return this.bytes(changetype<usize>(encoded), encoded.byteLength);
  }

  /** Begins a table; no other may be begun until it ends. */
  table(): void {
    this.tables.begin(this.size);
  }

  // Fields of the table that was begun; a value of 0 is what a reader assumes anyway.

  field8(slot: i32, value: u32): void {
    if (value != 0) store<u8>(this.slot(slot, 1), value as u8);
  }

  field32(slot: i32, value: u32): void {
    if (value != 0) store<u32>(this.slot(slot, 4), value);
  }

  field64(slot: i32, value: u64): void {
    if (value != 0) store<u64>(this.slot(slot, 8), value);
  }

  /** A child, or none where the position is 0. */
  child(slot: i32, position: u32): void {
    if (position == 0) return;
    this.align(4);
    this.reference(position);
    this.tables.set(slot, this.size);
  }

  /** Makes room for a field of `width` bytes, or a struct of that size aligned to `alignment`. */
  slot(slot: i32, width: u32, alignment: u32 = width): usize {
    this.align(alignment, width);
    const address = this.append(width);
    this.tables.set(slot, this.size);
    return address;
  }

  /** Ends the table; tables with the same fields share one list of where these are. */
  endTable(): u32 {
    this.align(4);
    this.u32(0);
    const table = this.size;
    const list = this.tables.list(table);
    const known = this.tables.find(list, this.start + this.capacity);
    if (known != 0) {
      store<i32>(this.pointer, (known - table) as i32);
      return table;
    }
    const bytes = list.length << 1;
    memory.copy(this.append(bytes), list.dataStart, bytes);
    store<i32>(this.pointer + bytes, (this.size - table) as i32);
    this.tables.remember(this.size);
    return table;
  }

  /** Puts the root's offset and the identifier in front; the whole is aligned to `alignment`. */
  finish(root: u32, identifier: u32, alignment: u32): void {
    this.align(alignment, 8);
    this.u32(identifier);
    this.reference(root);
  }

  private reserve(bytes: u32): void {
    if (this.size + bytes <= this.capacity) return;
    const capacity = max(this.capacity + min(this.capacity, MOST_GROWTH), this.size + bytes);
    const start = allocate(capacity);
    memory.copy(start + capacity - this.size, this.pointer, this.size);
    this.start = start;
    this.capacity = capacity;
  }
}

/** What is asked for beyond what is needed: memory that was left behind never comes back. */
const MOST_GROWTH: u32 = 4 << 20;

/** Zero-filled memory: the runtime never reuses any. */
function allocate(bytes: u32): usize {
  return heap.alloc(bytes);
}

/**
 * The vtable of the table being built, and those written before:
 *
 *   u16         u16          u16 …
 *  ┌───────────┬────────────┬──────────────────────────┐
 *  │ its bytes │ the table's│ where slot 0, 1, … lies, │
 *  │           │ bytes      │ 0 for one left out       │
 *  └───────────┴────────────┴──────────────────────────┘
 */
class Layouts {
  private from: u32 = 0;
  private slots: u32[] = [];
  private known: u32[] = [];

  begin(size: u32): void {
    this.from = size;
    this.slots = [];
  }

  set(slot: i32, position: u32): void {
    while (this.slots.length <= slot) this.slots.push(0);
    this.slots[slot] = position;
  }

  list(table: u32): u16[] {
    const list: u16[] = [];
    list.push(((this.slots.length + 2) << 1) as u16);
    list.push((table - this.from) as u16);
    for (let i = 0; i < this.slots.length; i++) {
      list.push(this.slots[i] == 0 ? 0 : ((table - this.slots[i]) as u16));
    }
    return list;
  }

  /** The position of an equal list before, or 0. */
  find(list: u16[], end: usize): u32 {
    for (let i = 0; i < this.known.length; i++) {
      const bytes = (list.length << 1) as usize;
      if (memory.compare(end - this.known[i], list.dataStart, bytes) == 0) return this.known[i];
    }
    return 0;
  }

  remember(position: u32): void {
    this.known.push(position);
  }
}
