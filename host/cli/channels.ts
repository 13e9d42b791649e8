import { counted } from "../numbers.ts";
import type { ChannelReport } from "../report.ts";

/** What became of layers whose weights are quantized per channel. */
export function channelWords(channels: ChannelReport): string {
  const { layers, groups, remainders, error, worst } = channels;
  const halved = remainders > 0 ? `, ${counted(remainders, "layer")} with a remainder` : "";
  return (
    `${counted(layers, "layer")} in ${counted(groups, "group")} of channels${halved}; ` +
    `expected error ${error.toFixed(3)} steps, the most in operator ${worst}`
  );
}
