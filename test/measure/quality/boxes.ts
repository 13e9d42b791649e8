/** A box that a detector finds: corners in parts of the picture, its score, and what it holds. */
export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
  score: number;
  kind: number;
}

const LEAST_SCORE = 0.4;
const MOST_OVERLAP = 0.5;

/** How the outputs of each detector are read, each tensor N × H × W × C or as the network has it. */
export const DECODERS: Record<string, (outputs: Float32Array[]) => Box[]> = {
  fastestdet: ([cells = new Float32Array()]) => {
    const side = 22;
    return Array.from({ length: side * side }, (_, cell) => {
      const [object = 0, x = 0, y = 0, width = 0, height = 0, ...kinds] = cells.subarray(
        cell * 85,
        cell * 85 + 85,
      );
      const kind = greatest(kinds);
      const score = object ** 0.6 * (kinds[kind] as number) ** 0.4;
      const centre = [
        (cell % side) + Math.tanh(x),
        Math.floor(cell / side) + Math.tanh(y),
      ] as const;
      return around(
        centre[0] / side,
        centre[1] / side,
        sigmoid(width),
        sigmoid(height),
        score,
        kind,
      );
    });
  },
  ultraface: ([scores = new Float32Array(), corners = new Float32Array()]) =>
    Array.from({ length: scores.length / 2 }, (_, i) => {
      const [left = 0, top = 0, right = 0, bottom = 0] = corners.subarray(4 * i, 4 * i + 4);
      return { left, top, right, bottom, score: scores[2 * i + 1] as number, kind: 0 };
    }),
  yolox: ([rows = new Float32Array()]) => {
    const size = 416;
    let row = 0;
    return [8, 16, 32].flatMap((stride) => {
      const side = size / stride;
      return Array.from({ length: side * side }, (_, cell) => {
        const [x = 0, y = 0, width = 0, height = 0, object = 0, ...kinds] = rows.subarray(
          85 * row,
          85 * row + 85,
        );
        row++;
        const kind = greatest(kinds);
        const centre = [x + (cell % side), y + Math.floor(cell / side)].map((at) => at / side);
        const [w, h] = [Math.exp(width) / side, Math.exp(height) / side];
        return around(
          centre[0] as number,
          centre[1] as number,
          w,
          h,
          object * (kinds[kind] as number),
          kind,
        );
      });
    });
  },
};

function around(x: number, y: number, w: number, h: number, score: number, kind: number): Box {
  return { left: x - w / 2, top: y - h / 2, right: x + w / 2, bottom: y + h / 2, score, kind };
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

export function greatest(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++)
    if ((values[i] as number) > (values[best] as number)) best = i;
  return best;
}

/** Intersection over union. */
function overlap(a: Box, b: Box): number {
  const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  const common = Math.max(width, 0) * Math.max(height, 0);
  return common / (area(a) + area(b) - common);
}

function area({ left, top, right, bottom }: Box): number {
  return (right - left) * (bottom - top);
}

/** Boxes that are sure enough, without those that a surer one of their kind covers. */
export function suppressed(boxes: Box[]): Box[] {
  const kept: Box[] = [];
  const sure = boxes.filter(({ score }) => score >= LEAST_SCORE).sort((a, b) => b.score - a.score);
  for (const box of sure) {
    const isCovered = kept.some(
      (other) => other.kind === box.kind && overlap(other, box) > MOST_OVERLAP,
    );
    if (!isCovered) kept.push(box);
  }
  return kept;
}

/** How many of the boxes found are among those expected, each of which counts once. */
export function matches(found: Box[], expected: Box[]): number {
  const left = [...expected];
  let count = 0;
  for (const box of found) {
    const at = left.findIndex(
      (other) => other.kind === box.kind && overlap(other, box) >= MOST_OVERLAP,
    );
    if (at < 0) continue;
    left.splice(at, 1);
    count++;
  }
  return count;
}
