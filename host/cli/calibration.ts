import type { CompileOptions } from "../compile.ts";
import { calibrate } from "../index.ts";
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
  const statistics = await calibrate(model, async function* (inputs) {
    for (const image of pictures) yield (await readFeeds(inputs, { image })).feeds;
  });
  return { ...settings, statistics };
}
