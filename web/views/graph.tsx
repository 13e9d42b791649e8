import { useEffect, useMemo, useRef } from "preact/hooks";
import type { LayerReport } from "../../host/explain/explanation.ts";
import { greatest } from "../../host/sums.ts";
import { useExploration } from "../explorer/context.ts";
import { Mark } from "../parts/mark.tsx";
import { useRoving } from "../parts/roving.ts";
import { shapeOf, shortened } from "../parts/words.ts";
import { drawingOf, type GraphBox } from "./graph-layout.ts";
import "./graph.css";

/** The operators and the tensors between them, coloured by where they run. */
export function GraphView() {
  const { explanation, selected, select } = useExploration();
  const drawing = drawingOf(explanation);
  const frame = useRef<HTMLDivElement>(null);
  const onKeyDown = useRoving(frame, ".node");
  const most = useMemo(() => greatest(explanation.operators, ({ macs }) => macs), [explanation]);
  useEffect(() => {
    const { current } = frame;
    const chosen = current?.querySelector<HTMLElement>(".node[aria-pressed=true]");
    if (chosen) {
      chosen.scrollIntoView({ block: "nearest", inline: "nearest" });
      // Whoever followed a link from another view, by the keyboard, goes on here.
      if (document.activeElement === document.body) chosen.focus({ preventScroll: true });
    }
  }, [drawing, selected]);
  useEffect(() => {
    // Of a network with many branches, the beginning is in the middle.
    const { current } = frame;
    if (current && selected === undefined) {
      current.scrollLeft = (current.scrollWidth - current.clientWidth) / 2;
    }
  }, [drawing]);
  const { width, height, boxes, lines } = drawing;
  return (
    <>
      <Legend />
      <section class="graph" ref={frame} aria-label="Graph of operators" onKeyDown={onKeyDown}>
        <div class="drawing" style={{ width: `${width}px`, height: `${height}px` }}>
          <svg width={width} height={height} aria-hidden="true">
            {lines.map(({ id, from, to, path }) => (
              <path
                key={id}
                d={path}
                class={[from, to].includes(`${selected}`) ? "line near" : "line"}
              />
            ))}
          </svg>
          {boxes.map((box) => {
            const layer = explanation.operators[box.operator ?? -1];
            if (!layer) return <TensorBox key={box.id} box={box} />;
            return (
              <OperatorBox
                key={box.id}
                box={box}
                layer={layer}
                share={layer.macs / Math.max(1, most)}
                isSelected={layer.index === selected}
                isStop={layer.index === (selected ?? 0)}
                onSelect={() => select(layer.index === selected ? undefined : layer.index)}
              />
            );
          })}
        </div>
      </section>
    </>
  );
}

function Legend() {
  return (
    <ul class="legend" aria-label="Legend">
      <li>
        <span class="swatch npu" aria-hidden="true" /> NPU
      </li>
      <li>
        <span class="swatch cpu" aria-hidden="true" /> CPU
      </li>
      <li>
        <Mark mark="proven" />
      </li>
      <li>
        <Mark mark="expected" />
      </li>
      <li>
        <Mark mark="unproven" />
      </li>
      <li>
        <span class="swatch share-line" aria-hidden="true" /> arithmetic
      </li>
    </ul>
  );
}

interface OperatorBoxProps {
  box: GraphBox;
  layer: LayerReport;
  share: number;
  isSelected: boolean;
  /** The one among the boxes where the tabulator stops. */
  isStop: boolean;
  onSelect(): void;
}

function OperatorBox({ box, layer, share, isSelected, isStop, onSelect }: OperatorBoxProps) {
  const { index, name, placement, mark, reason, shape } = layer;
  return (
    <button
      type="button"
      class={`node ${placement.toLowerCase()}`}
      style={boxStyle(box)}
      data-operator={index}
      aria-pressed={isSelected}
      tabIndex={isStop ? 0 : -1}
      title={reason}
      onClick={onSelect}
    >
      <span class="node-name">
        <span class="index">{index}</span> {name}
      </span>
      <span class="node-facts">
        <span>{shapeOf(shape)}</span>
        {mark ? <Mark mark={mark} /> : <span class="on-cpu">CPU</span>}
      </span>
      <span class="node-share" style={{ width: `${100 * share}%` }} aria-hidden="true" />
    </button>
  );
}

function TensorBox({ box }: { box: GraphBox }) {
  const { explanation } = useExploration();
  const { name = "", shape = [] } = explanation.tensors[box.tensor ?? -1] ?? {};
  const direction = box.id.startsWith("in ") ? "input" : "output";
  return (
    <div class="tensor" style={boxStyle(box)} title={name}>
      <span class="sr-only">{direction}</span> {shortened(name, 18)} {shapeOf(shape)}
    </div>
  );
}

function boxStyle({ x, y, width, height }: GraphBox) {
  const px = (value: number) => `${value.toFixed(1)}px`;
  return { left: px(x - width / 2), top: px(y - height / 2), width: px(width), height: px(height) };
}
