/** Finds the positions in a sound FlatBuffers file where a test may want to change something. */

export class TableCursor {
  constructor(
    private readonly view: DataView,
    readonly at: number,
  ) {}

  static root(bytes: Uint8Array): TableCursor {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return new TableCursor(view, view.getUint32(0, true));
  }

  get vtable(): number {
    return this.at - this.view.getInt32(this.at, true);
  }

  /** Where the vtable says where a field is. */
  entry(slot: number): number {
    return this.vtable + 4 + 2 * slot;
  }

  /** Where a field is; 0 if the table leaves it out. */
  field(slot: number): number {
    if (4 + 2 * slot >= this.view.getUint16(this.vtable, true)) return 0;
    const offset = this.view.getUint16(this.entry(slot), true);
    return offset && this.at + offset;
  }

  table(slot: number): TableCursor {
    return new TableCursor(this.view, follow(this.view, this.field(slot)));
  }

  vector(slot: number): VectorCursor {
    return new VectorCursor(this.view, follow(this.view, this.field(slot)));
  }
}

export class VectorCursor {
  constructor(
    private readonly view: DataView,
    /** Where its count is. */
    readonly at: number,
  ) {}

  get count(): number {
    return this.view.getUint32(this.at, true);
  }

  get first(): number {
    return this.at + 4;
  }

  table(index: number): TableCursor {
    return new TableCursor(this.view, follow(this.view, this.first + 4 * index));
  }
}

function follow(view: DataView, at: number): number {
  return at + view.getUint32(at, true);
}
