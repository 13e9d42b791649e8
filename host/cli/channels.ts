import { counted } from "../numbers.ts";
import type { ChannelReport } from "../report.ts";

/** What became of layers whose weights are quantized per channel. */
export function channelWords({ layers, groups, error, worst }: ChannelReport): string {
  return (
    `${counted(layers, "layer")} in ${counted(groups, "group")} of channels; expected error ` +
    `${error.toFixed(3)} steps, the most in operator ${worst}`
  );
}
