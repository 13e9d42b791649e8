import { counted } from "../numbers.ts";
import type { ChannelReport } from "../report.ts";

/** What became of layers whose weights are quantized per channel. */
export function channelWords(channels: ChannelReport): string {
  const { layers, groups, residuals, error, worst } = channels;
  const halved = residuals > 0 ? `, ${counted(residuals, "layer")} with residual weights` : "";
  return (
    `${counted(layers, "layer")} in ${counted(groups, "group")} of channels${halved}; ` +
    `expected error ${error.toFixed(3)} steps, the most in operator ${worst}`
  );
}
