import { Fragment } from "preact";
import { useState } from "preact/hooks";
import { printable } from "../../host/printable.ts";
import { shapeOf, shortened } from "../parts/words.ts";
import { Findings } from "./findings.tsx";
import { LabelsButton } from "./labels.tsx";
import type { RunResult } from "./messages.ts";

/** What was found, the best classes, or the range of every output; with the time and what went in. */
export function RunResultView({
  result,
  picture,
}: {
  result: RunResult;
  picture: string | undefined;
}) {
  const { top, classes = 0, outputs, milliseconds, device, input } = result;
  const [labels, setLabels] = useState<string[]>();
  return (
    <>
      {result.result && picture ? (
        <Findings result={result.result} picture={picture} />
      ) : top ? (
        <TopClasses top={top} labels={labels} />
      ) : (
        <Ranges outputs={outputs} />
      )}
      <p class="hint">
        {milliseconds.toFixed(1)} ms on the {device}, which says nothing of an NPU's speed. Fed
        with: {input}.
      </p>
      {top && <LabelsButton classes={classes} onLabels={setLabels} />}
    </>
  );
}

interface TopProps {
  top: NonNullable<RunResult["top"]>;
  labels: readonly string[] | undefined;
}

function TopClasses({ top, labels }: TopProps) {
  return (
    <ol class="top">
      {top.map(({ index, score, name }) => (
        <li key={index}>
          <span class="class">{labels?.[index] ?? name ?? `class ${index}`}</span>
          <span class="score-bar" aria-hidden="true">
            <span style={{ width: `${100 * Math.min(1, Math.max(0, score))}%` }} />
          </span>
          <span class="score">{score.toFixed(6)}</span>
        </li>
      ))}
    </ol>
  );
}

function Ranges({ outputs }: Pick<RunResult, "outputs">) {
  return (
    <dl class="facts">
      {outputs.map(({ name, dtype, shape, least, greatest }) => (
        <Fragment key={name}>
          <dt title={printable(name)}>{shortened(printable(name), 28)}</dt>
          <dd>
            {dtype} {shapeOf(shape)}, {least.toFixed(4)} to {greatest.toFixed(4)}
          </dd>
        </Fragment>
      ))}
    </dl>
  );
}
