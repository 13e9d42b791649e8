import { Core } from "../../targets/cores";
import { Block } from "./channel-blocks";
import { ErrorModel } from "./error-model";
import { GroupConstraints } from "./group-constraints";
import { CutTable, Grouping } from "./grouping";
import { ChannelPermutations } from "./permutations";

/** A layer whose output has a block, and where in it. */
class Maker {
  constructor(
    public cost: ErrorModel,
    public first: i32,
  ) {}
}

/**
 * Permutes the channels of every block that may be permuted, so that kernels of similar scale are
 * neighbours, sorted by scale. Of several layers that make a block, the one that would lose most with a
 * single scale decides: its groups follow each other, and inside each of them the channels are in the
 * order of the next layer.
 */
export function permuteBlocks(
  costs: ErrorModel[],
  permutations: ChannelPermutations,
  core: Core,
  groups: i32,
  table: CutTable,
): void {
  const blocks: Block[] = [];
  const makers: Maker[][] = [];
  for (let i = 0; i < costs.length; i++) {
    const layer = costs[i].layer;
    const made = permutations.blocksOf(layer.operands.output);
    let first = 0;
    for (let j = 0; j < made.length; j++) {
      const block = made[j];
      if (!block.isFixed && layer.isPerChannel) {
        let at = blocks.indexOf(block);
        if (at < 0) at = blocks.push(block) - 1;
        if (at == makers.length) makers.push([]);
        makers[at].push(new Maker(costs[i], first));
      }
      first += block.channels;
    }
  }
  for (let i = 0; i < blocks.length; i++) {
    orderBlock(blocks[i], makers[i], core, groups, table);
  }
}

function orderBlock(block: Block, makers: Maker[], core: Core, groups: i32, table: CutTable): void {
  const first = neediest(makers, block, null);
  if (first == null) return;
  const second = neediest(makers, block, first);
  const order = new StaticArray<i32>(block.channels);
  for (let i = 0; i < order.length; i++) order[i] = i;
  sort(order, 0, order.length, first);
  if (second != null && block.channels == first.cost.layer.channels) {
    const sizes = new GroupConstraints(first.cost.layer.convolution, core, false);
    const grouping = new Grouping(first.cost, order, sizes, groups, table);
    const counts = grouping.counts(grouping.mostPossible);
    let from = 0;
    for (let i = 0; i < counts.length; i++) {
      sort(order, from, from + counts[i], second);
      from += counts[i];
    }
  }
  block.order = order;
}

/** The layer with the largest loss, except one. */
function neediest(makers: Maker[], block: Block, but: Maker | null): Maker | null {
  let worst: Maker | null = null;
  let most: f64 = -1;
  for (let i = 0; i < makers.length; i++) {
    if (makers[i] == but) continue;
    const loss = lossOf(makers[i], block);
    if (loss <= most) continue;
    most = loss;
    worst = makers[i];
  }
  return worst;
}

function lossOf(maker: Maker, block: Block): f64 {
  let largest: f64 = 0;
  const end = maker.first + block.channels;
  for (let k = maker.first; k < end; k++) largest = max(largest, maker.cost.scale(k));
  let sum: f64 = 0;
  for (let k = maker.first; k < end; k++) sum += maker.cost.of(k, largest);
  return sum / (block.channels as f64);
}

/** Merge sort of a part of `order`, the largest scale first; equal ones keep their order. */
function sort(order: StaticArray<i32>, from: i32, to: i32, by: Maker): void {
  if (to - from < 2) return;
  const middle = (from + to) >> 1;
  sort(order, from, middle, by);
  sort(order, middle, to, by);
  const sorted = new StaticArray<i32>(to - from);
  let a = from;
  let b = middle;
  for (let i = 0; i < sorted.length; i++) {
    const takesB = a == middle || (b < to && scaleAt(order, b, by) > scaleAt(order, a, by));
    sorted[i] = takesB ? order[b++] : order[a++];
  }
  for (let i = 0; i < sorted.length; i++) order[from + i] = sorted[i];
}

function scaleAt(order: StaticArray<i32>, position: i32, by: Maker): f64 {
  return by.cost.scale(by.first + order[position]);
}
