import { Core } from "../../targets/cores";
import {
  CYCLES_PER_ROUND,
  GIGABYTES_PER_SECOND,
  megahertzOf,
  PIXELS_PER_ROUND,
  START_MILLISECONDS,
} from "../../targets/timing";
import { ChannelGroup, Convolution, Striding } from "../plan/convolution";
import { tokensOfDense } from "../plan/zero-runs";

/**
 * Depthwise kernels that are spelled out as full ones grow with the square of the channels, nearly all
 * of it zeros. Several jobs with fewer channels each have fewer zeros, but each has its start: here groups
 * are cut into as many jobs as take the least time by the performance model.
 */
export function cutDense(c: Convolution, groups: ChannelGroup[], core: Core): ChannelGroup[] {
  const parts: ChannelGroup[] = [];
  for (let i = 0; i < groups.length; i++) {
    const group = groups[i];
    const most = channelsOfJob(c, group.count, core);
    const end = group.first + group.count;
    for (let first = group.first; first < end; first += most) {
      const count = min(most, end - first);
      parts.push(new ChannelGroup(first, count, group.scale, group.weightZero));
    }
  }
  return parts;
}

/** The start is the least certain number: a further job has to save more than that. */
const SURE_START: f64 = 1.5;

/** A multiple of the NN cores. */
function channelsOfJob(c: Convolution, channels: i32, core: Core): i32 {
  const cores = core.nnCores as i32;
  let best = channels;
  let least: f64 = Infinity;
  for (let jobs = 1; jobs <= ceil(channels, cores); jobs++) {
    const most = ceil(ceil(channels, jobs), cores) * cores;
    const whole = channels / most;
    const time = whole * jobMilliseconds(c, most, core) + jobMilliseconds(c, channels % most, core);
    if (time >= least) continue;
    least = time;
    best = most;
  }
  return best;
}

/** Each pixel meets the taps of a kernel and, on v7, a token for every so many zeros. */
function jobMilliseconds(c: Convolution, channels: i32, core: Core): f64 {
  if (channels == 0) return 0;
  const kept = c.striding == Striding.FIRST_PIXEL ? 4 : 1;
  const stored = c.rows.output * c.columns.output;
  const planes = c.planesOfChannel;
  const taps = c.planeSide * c.planeSide * planes;
  const tokens = tokensOfDense(taps, channels * taps, core);
  const rounds = ceil(kept * stored, PIXELS_PER_ROUND) * ceil(channels, core.nnCores);
  const cycles = (rounds as f64) * (tokens as f64) * CYCLES_PER_ROUND;
  const read = planes * c.preparedSide(c.rows) * c.preparedSide(c.columns);
  const bytes = (channels as f64) * ((read + stored + tokens) as f64);
  const arithmetic = cycles / ((megahertzOf(core.customer) * 1000) as f64);
  return SURE_START * START_MILLISECONDS + max(arithmetic, bytes / (GIGABYTES_PER_SECOND * 1e6));
}

function ceil(a: i32, b: i32): i32 {
  return (a + b - 1) / b;
}
