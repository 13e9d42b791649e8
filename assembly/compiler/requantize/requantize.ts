import { failed } from "../../diagnostics/failure";
import { Core } from "../../targets/cores";
import { Context } from "../legalize/context";
import { Legalization } from "../plan/legalization";
import { Mark } from "../plan/mark";
import { Operands } from "../plan/operands";
import { weightedPlans } from "../plan/plan";
import { Segment } from "../segment/segments";
import { ActivationStatistics } from "./activation-statistics";
import {
  jobsToBlendIn,
  largerBudget,
  MOST_JOBS,
  spendBudget,
  standsOut,
  usualBudget,
} from "./budget";
import { Choice } from "./choice";
import { ErrorModel } from "./error-model";
import { GroupConstraints } from "./group-constraints";
import { GroupedWeights } from "./grouped-weights";
import { CutTable, Grouping } from "./grouping";
import { Layer } from "./layers";
import { permuteBlocks } from "./permutation-search";
import { ChannelPermutations } from "./permutations";
import { PermutedWeights } from "./permuted-weights";
import { ResidualWeights } from "./residual-weights";

/**
 * Requantizes layers whose weights have a scale for each channel to what the NPU has, one scale for
 * each job: kernels of similar scale share a job, and channels are put into an order in which
 * such kernels are neighbours. Gives the legalizations with new plans for these layers, null after a
 * failure.
 */
export function requantize(
  context: Context,
  legal: Legalization[],
  segments: Segment[],
): Legalization[] | null {
  if (context.settings.compatMesa) return legal;
  const legalizations: Legalization[] = [];
  for (let i = 0; i < legal.length; i++) legalizations.push(legal[i].copy());
  return requantizeLayers(context, legalizations, segments) ? legalizations : null;
}

/** False after a failure. */
function requantizeLayers(
  context: Context,
  legalizations: Legalization[],
  segments: Segment[],
): bool {
  const graph = context.graph;
  const layers = layersOf(legalizations);
  const perChannel = layers.filter((layer) => layer.isPerChannel).length;
  if (perChannel == 0) return true;
  const statistics = new ActivationStatistics(graph, context.settings.statistics);
  if (!statistics.read()) return false;
  const costs: ErrorModel[] = [];
  for (let i = 0; i < layers.length; i++) costs.push(new ErrorModel(layers[i], statistics));
  const permutations = new ChannelPermutations(graph, legalizations, segments);
  const shares = sharesOf(costs, permutations, perChannel, context);
  for (let i = 0; i < layers.length; i++) {
    const layer = layers[i];
    const input = permutations.permutationOf(layer.operands.input);
    const output = permutations.permutationOf(layer.operands.output);
    const at = shares.layers.indexOf(i);
    if (at < 0 && input == null && output == null) continue;
    const permuted = new PermutedWeights(layer, input, output);
    if (at < 0) rewriteInGroups(permuted, statistics, [layer.channels], context.core);
    else rewrite(permuted, statistics, shares.choices[at], shares.jobs[at], context);
  }
  return !failed();
}

/** What layers that have a scale for each channel may do, and how many jobs each gets. */
class Shares {
  /** Which layers these are. */
  layers: i32[] = [];
  choices: Choice[] = [];
  jobs: StaticArray<i32> = [];

  /** The root mean square over the layers of what is added to their outputs, in steps. */
  get error(): f64 {
    let sum: f64 = 0;
    for (let i = 0; i < this.choices.length; i++) sum += this.choices[i].error(this.jobs[i]);
    return Math.sqrt(sum / (this.choices.length as f64));
  }
}

/** Within the caller's budget; or within the usual one, and beyond it where errors are large. */
function sharesOf(
  costs: ErrorModel[],
  permutations: ChannelPermutations,
  perChannel: i32,
  context: Context,
): Shares {
  const table = new CutTable();
  const budget = context.settings.jobBudget;
  if (budget > 0) return shareOut(budget, costs, permutations, perChannel, table, context);
  const usual = usualBudget(perChannel);
  let shares = shareOut(usual, costs, permutations, perChannel, table, context);
  addJobs(shares, costs, permutations, table, context);
  const larger = largerBudget(perChannel, shares.error);
  if (larger == usual) return shares;
  shares = shareOut(larger, costs, permutations, perChannel, table, context);
  addJobs(shares, costs, permutations, table, context);
  return shares;
}

/** Times the usual work for layers whose errors stand out, and for those whose errors still do then. */
const ALLOWANCES: u64[] = [4, 8];

/** To layers whose errors stand out, beyond the budget. */
function addJobs(
  shares: Shares,
  costs: ErrorModel[],
  permutations: ChannelPermutations,
  table: CutTable,
  context: Context,
): void {
  for (let i = 0; i < shares.choices.length; i++) {
    const cost = costs[shares.layers[i]];
    const before = shares.jobs[i];
    for (let j = 0; j < ALLOWANCES.length && standsOut(shares.choices[i], shares.jobs[i]); j++) {
      const choice = choiceOf(cost, permutations, MOST_JOBS, ALLOWANCES[j], table, context);
      shares.choices[i] = choice;
      shares.jobs[i] = jobsToBlendIn(choice, before);
    }
  }
}

/** Permutes channels for a number of jobs, and spends these. */
function shareOut(
  budget: i32,
  costs: ErrorModel[],
  permutations: ChannelPermutations,
  perChannel: i32,
  table: CutTable,
  context: Context,
): Shares {
  permuteBlocks(costs, permutations, context.core, max(2, budget / perChannel), table);
  const most = mostGroups(budget, perChannel);
  const shares = new Shares();
  for (let i = 0; i < costs.length; i++) {
    if (!costs[i].layer.isPerChannel) continue;
    shares.layers.push(i);
    shares.choices.push(choiceOf(costs[i], permutations, most, 1, table, context));
  }
  shares.jobs = spendBudget(shares.choices, budget);
  return shares;
}

/** What a layer may do with up to so many groups, and `allowance` times the usual work. */
function choiceOf(
  cost: ErrorModel,
  permutations: ChannelPermutations,
  most: i32,
  allowance: u64,
  table: CutTable,
  context: Context,
): Choice {
  const layer = cost.layer;
  const order = permutations.permutationOf(layer.operands.output);
  const sizes = new GroupConstraints(layer.convolution, context.core, context.settings.strict);
  const grouping = new Grouping(cost, order, sizes, most, table);
  const pairs = allowance > 1 && layer.isDepthwise;
  const pairing = pairs ? new Grouping(cost, order, sizes, most / 2, table, true) : null;
  return new Choice(cost, grouping, pairing, allowance, sizes, context);
}

/** With so many jobs: those of residuals where they are chosen, and possible after all. */
function rewrite(
  permuted: PermutedWeights,
  statistics: ActivationStatistics,
  choice: Choice,
  jobs: i32,
  context: Context,
): void {
  const inputCopies = choice.inputCopies(jobs);
  if (inputCopies > 0) {
    const residual = new ResidualWeights(permuted, statistics, inputCopies, context);
    if (residual.apply(choice.counts(jobs))) return;
  }
  rewriteInGroups(permuted, statistics, choice.countsInGroups(jobs), context.core);
}

/** Of so many kernels each. */
function rewriteInGroups(
  permuted: PermutedWeights,
  statistics: ActivationStatistics,
  counts: i32[],
  core: Core,
): void {
  new GroupedWeights(permuted, statistics).apply(counts);
  if (!fillCores(counts, core)) permuted.layer.legalization.weaken(Mark.EXPECTED);
}

/** Groups that leave cores idle are a pattern at another size. */
function fillCores(counts: i32[], core: Core): bool {
  for (let i = 0; i < counts.length; i++) {
    if (counts.length > 1 && counts[i] % (core.nnCores as i32) != 0) return false;
  }
  return true;
}

/** No layer takes more of the jobs than so many times its share. */
const MOST_SHARES = 12;

function mostGroups(jobs: i32, layers: i32): i32 {
  const spare = max(1, jobs - layers + 1);
  return min(spare, max(2, (MOST_SHARES * jobs) / layers));
}

function layersOf(legalizations: Legalization[]): Layer[] {
  const layers: Layer[] = [];
  for (let i = 0; i < legalizations.length; i++) {
    const plan = legalizations[i].plan;
    if (plan == null) continue;
    const weighted = weightedPlans(plan);
    for (let j = 0; j < weighted.length; j++)
      layers.push(new Layer(legalizations[i], weighted[j], weighted[j].operands as Operands));
  }
  return layers;
}
