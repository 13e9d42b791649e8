import type { CompileOptions } from "../compile.ts";
import { calibrate, type TensorInfo } from "../index.ts";
import { readFeeds } from "./feeds.ts";
import { compileOptions, type TargetOptions } from "./options.ts";

/**
 * What the options ask of a model's compilation; with pictures to calibrate by, the model is run
 * with them first. Throws BAD_OPTION, FILE and BAD_INPUT.
 */
export async function settingsFor(
  model: Uint8Array,
  options: TargetOptions,
  fallback?: string,
): Promise<CompileOptions> {
  const settings = compileOptions(options, fallback);
  const pictures = options.calibrate;
  if (pictures === undefined) return settings;
  const feeds = async function* (inputs: readonly TensorInfo[]) {
    for (const image of pictures) yield (await readFeeds(inputs, { image })).feeds;
  };
  const statistics = await calibrate(model, feeds, { litert: options.litert });
  return { ...settings, statistics };
}
