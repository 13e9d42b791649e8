/**
 * A run of channels that tensors have in common, and that may be put into any order as long as
 * all of them follow it. A block may turn out to be another's, or to consist of two.
 */
export class Block {
  /** Set where channels must stay in the model's order. */
  isFixed: bool = false;
  /** Which of its channels comes first, second …; null as in the model. */
  order: StaticArray<i32> | null = null;
  private same: Block | null = null;
  private front: Block | null = null;
  private rear: Block | null = null;

  constructor(public channels: i32) {}

  /** Appends the whole blocks that this one consists of. */
  unfold(into: Block[]): void {
    const whole = this.root;
    const front = whole.front;
    const rear = whole.rear;
    if (front == null || rear == null) {
      into.push(whole);
      return;
    }
    front.unfold(into);
    rear.unfold(into);
  }

  /** Makes two of a whole block, the first of so many channels. */
  cut(channels: i32): void {
    const front = new Block(channels);
    const rear = new Block(this.channels - channels);
    front.isFixed = rear.isFixed = this.isFixed;
    this.front = front;
    this.rear = rear;
  }

  /** Makes two whole blocks of as many channels one. */
  unite(other: Block): void {
    if (other == this) return;
    other.same = this;
    this.isFixed = this.isFixed || other.isFixed;
  }

  private get root(): Block {
    let block: Block = this;
    for (let next = block.same; next != null; next = block.same) block = next;
    return block;
  }
}

/** The whole blocks of a tensor's channels, one after the other. */
export function unfold(blocks: Block[]): Block[] {
  const whole: Block[] = [];
  for (let i = 0; i < blocks.length; i++) blocks[i].unfold(whole);
  return whole;
}

/**
 * Makes two tensors of as many channels share their blocks, cutting them where they differ.
 *
 *     a  │   0   │     1     │          │ 0 │ 2 │     1     │
 *     b  │ 2 │       3       │    ──►   │ 0 │ 2 │     1     │
 */
export function join(a: Block[], b: Block[]): void {
  for (let i = 0; ; i++) {
    let x = unfold(a);
    if (i >= x.length) return;
    const y = unfold(b);
    const channels = min(x[i].channels, y[i].channels);
    if (x[i].channels > channels) x[i].cut(channels);
    else if (y[i].channels > channels) y[i].cut(channels);
    x = unfold(a);
    x[i].unite(unfold(b)[i]);
  }
}
