import type { ComponentChildren } from "preact";
import type { Explanation } from "../../host/explain/explanation.ts";
import { duration, grouped, percent, size } from "../../host/numbers.ts";
import { Share } from "../parts/share.tsx";

/** The few figures that one wants to know first. */
export function Summary({ explanation }: { explanation: Explanation }) {
  const { operators, macs, weights, memory, estimate } = explanation;
  const onNpu = operators.filter(({ placement }) => placement === "NPU").length;
  return (
    <dl class="summary" aria-label="Summary">
      <Figure title="Operators on the NPU" value={`${onNpu} of ${operators.length}`}>
        <Share part={onNpu} whole={operators.length} />
      </Figure>
      <Figure title="Arithmetic on the NPU" value={percent(macs.npu, macs.total)}>
        {grouped(macs.total)} MACs
      </Figure>
      <Figure title="Weights, coded" value={size(weights.coefficientBytes)}>
        {size(weights.modelBytes)} raw, entropy {size(weights.entropyBytes)}
      </Figure>
      <Figure title="Memory on the device" value={size(memory.deviceBytes)}>
        constants {size(memory.constantBytes)}, arena {size(memory.arenaBytes)}
      </Figure>
      <Figure title="Estimated time on the NPU" value={duration(estimate.milliseconds)}>
        {estimateNote(estimate)}
      </Figure>
    </dl>
  );
}

/** What stands beside every estimate. */
export function estimateNote({ megahertz, error }: Explanation["estimate"]): string {
  const off = error === undefined ? "error not known" : `±${Math.round(100 * error)} %`;
  return `${off} at ${megahertz} MHz; not measured`;
}

interface FigureProps {
  title: string;
  value: string;
  children: ComponentChildren;
}

function Figure({ title, value, children }: FigureProps) {
  return (
    <div class="figure">
      <dt>{title}</dt>
      <dd class="figure-value">{value}</dd>
      <dd class="figure-note">{children}</dd>
    </div>
  );
}
