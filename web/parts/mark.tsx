import type { Job, Mark as MarkName } from "../../host/blob/blob.ts";

const SIGNS: Record<MarkName, string> = { proven: "●", expected: "◐", unproven: "○" };
const MEANINGS: Record<MarkName, string> = {
  proven: "a pattern that passes on silicon",
  expected: "the same pattern at another size or on a sister core",
  unproven: "anything else",
};

/** How far a job is known to work on silicon: a sign, and the word. */
export function Mark({ mark }: { mark: MarkName }) {
  return (
    <span class={`mark mark-${mark}`} title={MEANINGS[mark]}>
      <span aria-hidden="true">{SIGNS[mark]}</span> {mark}
    </span>
  );
}

/** Which unit of the NPU does a job. */
export function UnitName({ kind }: { kind: Job["kind"] }) {
  return <span class={`unit unit-${kind}`}>{kind}</span>;
}
