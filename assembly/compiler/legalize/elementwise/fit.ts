import { FittedTable, HALF, magnitudeAt, POINTS, pointBefore, STEPS } from "../../plan/table";

// The points of a table that gives a result for each of 256 bytes. Inputs up to 32 steps from the
// byte that they are counted from have points of their own; farther ones lie on lines between points
// 2, 4 or 8 steps apart. So that byte is where the function bends most, and the ends of all lines
// are chosen together: of several values for each, those with the least errors.

/** Inputs from here on share points. */
const FIRST_SHARED = 32;
/** Bytes to count from that are tried in full, besides the tensor's own zero point. */
const TRIALS = 4;
/** A line this near to a whole number is rounded to it, however the unit draws the line. */
const SURE: f64 = 7.0 / 16.0;
/** More errors of fewer steps are better than one of more. */
const WEIGHTS: StaticArray<f64> = [0, 1, 1e3, 1e6, 1e9];
/** Zeros are the most frequent values, above all of what was rectified: an error there counts for so many. */
const ZERO_WEIGHT: f64 = 64;
/** Among equals, the lines nearest to whole numbers. */
const NEARNESS: f64 = 1e-3;
/** The unit's numbers hold multiples of 1/8 below this, and results so far off are clamped. */
const FARTHEST: f64 = 2048;

/**
 * The table that gives `results`, by input byte, with the fewest steps of error.
 * `zero`: the input's zero point, the byte to count from where another is no better; `outputZero`: the
 * output's.
 */
export function fitTable(results: StaticArray<u8>, zero: i32, outputZero: i32): FittedTable {
  let best = new Lines(results, zero, zero);
  const costs = new StaticArray<f64>(256);
  for (let byte = 0; byte < 256; byte++) costs[byte] = roughCost(results, byte, zero);
  for (let trial = 0; trial < TRIALS && !best.isExact; trial++) {
    const byte = least(costs);
    costs[byte] = Infinity;
    const lines = new Lines(results, byte, zero);
    if (lines.cost < best.cost) best = lines;
  }
  return best.table(outputZero);
}

function least(costs: StaticArray<f64>): i32 {
  let at = 0;
  for (let i = 1; i < costs.length; i++) if (costs[i] < costs[at]) at = i;
  return at;
}

/** What lines between the results themselves cost. */
function roughCost(results: StaticArray<u8>, origin: i32, zero: i32): f64 {
  let cost: f64 = 0;
  for (let side = -1; side <= 1; side += 2) {
    const reach = side < 0 ? origin : 255 - origin;
    for (let input = FIRST_SHARED; input <= reach; input++) {
      const step = stepAt(input);
      const start = input & -step;
      const end = start + step;
      if (input == start || end > reach) continue;
      const way = ((input - start) as f64) / (step as f64);
      const first = results[origin + side * start] as f64;
      const last = results[origin + side * end] as f64;
      const byte = origin + side * input;
      cost += costOf(first + (last - first) * way, results[byte], byte == zero);
    }
  }
  return cost;
}

/** Inputs from one point to the next. */
function stepAt(input: i32): i32 {
  return 1 << (27 - clz(input));
}

function isEnd(byte: u8): bool {
  return byte == 0 || byte == 255;
}

/** Of a result instead of a byte; what lies beyond a byte's ends is clamped. */
function costOf(value: f64, byte: u8, isZero: bool): f64 {
  const error = errorOf(value, byte);
  const steps = error <= SURE ? 0 : (Math.floor(error - SURE) as i32) + 1;
  const weight = steps < WEIGHTS.length ? WEIGHTS[steps] : 1e12 * error;
  return (isZero ? ZERO_WEIGHT : 1) * (weight + NEARNESS * error * error);
}

function errorOf(value: f64, byte: u8): f64 {
  return Math.abs(min<f64>(max<f64>(value, 0), 255) - (byte as f64));
}

/** All lines of a table whose inputs are counted from one byte. */
class Lines {
  private above: Side;
  private below: Side;

  constructor(
    results: StaticArray<u8>,
    private origin: i32,
    zero: i32,
  ) {
    this.above = new Side(results, origin, 1, zero);
    this.below = new Side(results, origin, -1, zero);
  }

  get cost(): f64 {
    return this.above.cost + this.below.cost;
  }

  get isExact(): bool {
    return this.cost < 1;
  }

  table(outputZero: i32): FittedTable {
    const values = new StaticArray<f32>(POINTS);
    this.above.fill(values, 0, outputZero);
    this.below.fill(values, HALF, outputZero);
    const error = max(this.above.error(), this.below.error());
    return new FittedTable(this.origin, values, error);
  }
}

/** A value that a point may have, and the best that leads to it. */
class Choice {
  cost: f64 = 0;
  before: i32 = 0;

  constructor(public value: f64) {}
}

/** The points for inputs on one side of the byte that they are counted from. */
class Side {
  cost: f64 = 0;
  /** The farthest input. */
  private reach: i32;
  /** By shared point, from FIRST_SHARED on, until the reach is within. */
  private values: f64[] = [];

  constructor(
    private results: StaticArray<u8>,
    private origin: i32,
    private side: i32,
    private zero: i32,
  ) {
    this.reach = side < 0 ? origin : 255 - origin;
    if (this.reach >= FIRST_SHARED) this.choose();
  }

  private result(input: i32): u8 {
    return this.results[this.byteOf(input)];
  }

  private byteOf(input: i32): i32 {
    return this.origin + this.side * input;
  }

  private costAt(input: i32, value: f64): f64 {
    return costOf(value, this.result(input), this.byteOf(input) == this.zero);
  }

  private inputAt(shared: i32): i32 {
    return (STEPS + (shared % STEPS)) << (shared / STEPS + 1);
  }

  /** From point to point the least cost of each value, and back along the best. */
  private choose(): void {
    const columns: Choice[][] = [];
    let last = 0;
    while (this.inputAt(last) < this.reach) last++;
    for (let point = 0; point <= last; point++) {
      const column = this.choicesAt(point);
      if (point > 0) this.link(columns[point - 1], column, point);
      columns.push(column);
    }
    let at = cheapest(columns[last]);
    this.cost = columns[last][at].cost;
    for (let point = 0; point <= last; point++) this.values.push(0);
    for (let point = last; point >= 0; point--) {
      this.values[point] = columns[point][at].value;
      at = columns[point][at].before;
    }
  }

  private link(before: Choice[], column: Choice[], point: i32): void {
    const from = this.inputAt(point - 1);
    const to = this.inputAt(point);
    for (let i = 0; i < column.length; i++) {
      let best: f64 = Infinity;
      for (let j = 0; j < before.length; j++) {
        let cost = before[j].cost;
        for (let input = from + 1; input < to && input <= this.reach && cost < best; input++) {
          const way = ((input - from) as f64) / ((to - from) as f64);
          const value = before[j].value + (column[i].value - before[j].value) * way;
          cost += this.costAt(input, value);
        }
        if (cost >= best) continue;
        best = cost;
        column[i].before = j;
      }
      column[i].cost += best;
    }
  }

  /** Near the result itself, or the last there is, and where lines through neighbours with it end. */
  private choicesAt(point: i32): Choice[] {
    const choices: Choice[] = [];
    const input = this.inputAt(point);
    const result = this.result(min(input, this.reach)) as f64;
    for (let i = -6; i <= 6; i++) this.offer(choices, result + (i as f64) / 4, input);
    this.extend(choices, point, -1);
    this.extend(choices, point, 1);
    return choices;
  }

  /** Lines from the point before, or after, through the nearest input that is not at a byte's end. */
  private extend(choices: Choice[], point: i32, direction: i32): void {
    if (point + direction < 0) return;
    const input = this.inputAt(point);
    const start = this.inputAt(point + direction);
    if (start > this.reach) return;
    let through = min(input + direction, this.reach);
    while (through != start && isEnd(this.result(through))) through += direction;
    if (through == start) return;
    const stretch = ((input - start) as f64) / ((through - start) as f64);
    const first = this.result(start) as f64;
    const value = first + ((this.result(through) as f64) - first) * stretch;
    for (let i = -1; i <= 1; i++) this.offer(choices, value + ((i as f64) * stretch) / 4, input);
  }

  private offer(choices: Choice[], value: f64, input: i32): void {
    const choice = new Choice(Math.round(min(max(value, -FARTHEST), FARTHEST) * 8) / 8);
    for (let i = 0; i < choices.length; i++) if (choices[i].value == choice.value) return;
    if (input <= this.reach) choice.cost = this.costAt(input, choice.value);
    choices.push(choice);
  }

  /** Writes the 512 points from `first` on, counted from the output's zero point. */
  fill(values: StaticArray<f32>, first: i32, outputZero: i32): void {
    for (let point = 0; point < HALF; point++) {
      values[first + point] = (this.valueAt(point) - (outputZero as f64)) as f32;
    }
  }

  /** Below 1 and beyond the reach, where no input is, the nearest that there is. */
  private valueAt(point: i32): f64 {
    const one = pointBefore(1);
    const shared = point - pointBefore(FIRST_SHARED);
    if (point < one) return this.result(0) as f64;
    if (shared >= 0 && this.values.length > 0) {
      return this.values[min(shared, this.values.length - 1)];
    }
    const input = magnitudeAt(point);
    const whole = min(input, this.reach as f64) as i32;
    const value = this.result(whole) as f64;
    if (whole == this.reach) return value;
    return value + ((this.result(whole + 1) as f64) - value) * (input - (whole as f64));
  }

  /** The most that a result is off by once it is rounded. */
  error(): i32 {
    let worst = 0;
    for (let input = FIRST_SHARED; input <= this.reach; input++) {
      const from = pointBefore(input);
      const step = stepAt(input);
      const way = ((input & (step - 1)) as f64) / (step as f64);
      const value = this.valueAt(from) + (this.valueAt(from + 1) - this.valueAt(from)) * way;
      worst = max(worst, Math.ceil(errorOf(value, this.result(input)) - 0.5) as i32);
    }
    return worst;
  }
}

function cheapest(column: Choice[]): i32 {
  let at = 0;
  for (let i = 1; i < column.length; i++) if (column[i].cost < column[at].cost) at = i;
  return at;
}
