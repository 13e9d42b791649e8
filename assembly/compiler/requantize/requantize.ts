import { failed } from "../../diagnostics/failure";
import { Core } from "../../targets/cores";
import { Context } from "../legalize/context";
import { Mark } from "../plan/mark";
import { Placement } from "../plan/placement";
import { ConvolutionsPlan, PlanKind } from "../plan/plan";
import { Segment } from "../segment/segments";
import { ActivationStatistics } from "./activation-statistics";
import { jobsToBlendIn, MOST_JOBS, spend, standsOut } from "./budget";
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
 * Brings layers whose weights have a scale for each channel to what the NPU has, one scale for
 * each job: kernels of similar scale share a job, and channels are put into an order in which
 * such kernels are neighbours. Gives the placements with new plans for these layers, null after a
 * failure.
 */
export function requantize(
  context: Context,
  legal: Placement[],
  segments: Segment[],
): Placement[] | null {
  if (context.settings.compatMesa) return legal;
  const placements: Placement[] = [];
  for (let i = 0; i < legal.length; i++) placements.push(legal[i].copy());
  return requantizeLayers(context, placements, segments) ? placements : null;
}

/** False after a failure. */
function requantizeLayers(context: Context, placements: Placement[], segments: Segment[]): bool {
  const graph = context.graph;
  const core = context.core;
  const settings = context.settings;
  const layers = layersOf(placements);
  const perChannel = layers.filter((layer) => layer.isPerChannel).length;
  if (perChannel == 0) return true;
  const statistics = new ActivationStatistics(graph, settings.statistics);
  if (!statistics.read()) return false;
  const costs: ErrorModel[] = [];
  for (let i = 0; i < layers.length; i++) costs.push(new ErrorModel(layers[i], statistics));
  const permutations = new ChannelPermutations(graph, placements, segments);
  const jobs = settings.jobBudget > 0 ? settings.jobBudget : USUAL_JOBS * perChannel;
  const table = new CutTable();
  permuteBlocks(costs, permutations, core, max(2, jobs / perChannel), table);
  const most = mostGroups(jobs, perChannel);
  const choices: Choice[] = [];
  const chosen: i32[] = [];
  for (let i = 0; i < layers.length; i++) {
    const layer = layers[i];
    if (!layer.isPerChannel) continue;
    choices.push(choiceOf(costs[i], permutations, most, false, table, context));
    chosen.push(i);
  }
  const numbers = spend(choices, jobs);
  for (let i = 0; i < choices.length && settings.jobBudget == 0; i++) {
    if (!standsOut(choices[i], numbers[i])) continue;
    choices[i] = choiceOf(costs[chosen[i]], permutations, MOST_JOBS, true, table, context);
    numbers[i] = jobsToBlendIn(choices[i], numbers[i]);
  }
  for (let i = 0; i < layers.length; i++) {
    const layer = layers[i];
    const input = permutations.permutationOf(layer.operands.input);
    const output = permutations.permutationOf(layer.operands.output);
    const at = chosen.indexOf(i);
    if (at < 0 && input == null && output == null) continue;
    const permuted = new PermutedWeights(layer, input, output);
    if (at < 0) rewriteInGroups(permuted, statistics, [layer.channels], context.core);
    else rewrite(permuted, statistics, choices[at], numbers[at], context);
  }
  return !failed();
}

/** What a layer may do with up to so many groups; more where its error stands out otherwise. */
function choiceOf(
  cost: ErrorModel,
  permutations: ChannelPermutations,
  most: i32,
  isExcessive: bool,
  table: CutTable,
  context: Context,
): Choice {
  const layer = cost.layer;
  const order = permutations.permutationOf(layer.operands.output);
  const sizes = new GroupConstraints(layer.convolution, context.core, context.settings.strict);
  const grouping = new Grouping(cost, order, sizes, most, table);
  const pairs = isExcessive && layer.isDepthwise;
  const pairing = pairs ? new Grouping(cost, order, sizes, most / 2, table, true) : null;
  return new Choice(cost, grouping, pairing, sizes, context);
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
  if (!fillCores(counts, core)) permuted.layer.placement.weaken(Mark.EXPECTED);
}

/** Groups that leave cores idle are a pattern at another size. */
function fillCores(counts: i32[], core: Core): bool {
  for (let i = 0; i < counts.length; i++) {
    if (counts.length > 1 && counts[i] % (core.nnCores as i32) != 0) return false;
  }
  return true;
}

/** Jobs for each layer where the caller sets no number. */
const USUAL_JOBS = 4;
/** No layer takes more of the jobs than so many times its share. */
const MOST_SHARES = 12;

function mostGroups(jobs: i32, layers: i32): i32 {
  const spare = max(1, jobs - layers + 1);
  return min(spare, max(2, (MOST_SHARES * jobs) / layers));
}

function layersOf(placements: Placement[]): Layer[] {
  const layers: Layer[] = [];
  for (let i = 0; i < placements.length; i++) {
    const plan = placements[i].plan;
    if (plan == null || plan.kind != PlanKind.CONVOLUTIONS) continue;
    const convolutions = plan as ConvolutionsPlan;
    const operands = convolutions.operands;
    if (operands == null || convolutions.convolutions.length != 1) continue;
    layers.push(new Layer(placements[i], convolutions, operands));
  }
  return layers;
}
