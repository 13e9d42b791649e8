import { useRef, useState } from "preact/hooks";
import type { ConstantView } from "../../host/explain/explanation.ts";
import { size } from "../../host/numbers.ts";
import { useExploration } from "../explorer/context.ts";
import { useRoving } from "../parts/roving.ts";

/** What is loaded once, in the order of its addresses. */
export function Constants() {
  const { explanation, selected, select } = useExploration();
  const [shown, setShown] = useState<ConstantView>();
  const frame = useRef<HTMLDivElement>(null);
  const onKeyDown = useRoving(frame, ".constant");
  const { bytes, parts } = explanation.constants;
  const described = shown ?? parts.find(({ operator }) => operator === selected);
  const name = ({ kind, operator }: ConstantView) =>
    operator === undefined
      ? "descriptors of all jobs"
      : `${kind} of ${operator} ${explanation.operators[operator]?.name}`;
  return (
    <figure class="map constants">
      <figcaption>
        <h2>Constants</h2>
        <p>{size(bytes)}</p>
      </figcaption>
      <section class="column" ref={frame} aria-label="Constants" onKeyDown={onKeyDown}>
        {parts.map((part, i) => (
          <button
            key={part.offset}
            type="button"
            class={`constant ${part.kind}`}
            aria-label={`${name(part)}, ${size(part.bytes)} at ${part.offset}`}
            aria-pressed={part.operator !== undefined && part.operator === selected}
            tabIndex={i === 0 ? 0 : -1}
            style={{
              bottom: `${(100 * part.offset) / bytes}%`,
              height: `${(100 * part.bytes) / bytes}%`,
            }}
            onClick={() => select(part.operator)}
            onMouseEnter={() => setShown(part)}
            onMouseLeave={() => setShown(undefined)}
            onFocus={() => setShown(part)}
            onBlur={() => setShown(undefined)}
          />
        ))}
      </section>
      <p class="readout">
        {described ? (
          <>
            <b>{size(described.bytes)}</b> {name(described)}
          </>
        ) : (
          "Loaded once: descriptors, then coefficients."
        )}
      </p>
    </figure>
  );
}
