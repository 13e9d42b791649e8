import { Graph, layout } from "@dagrejs/dagre";
import type { Explanation } from "../../host/explain/explanation.ts";

/** A box of the drawing: an operator, or a tensor that enters or leaves the network. */
export interface GraphBox {
  id: string;
  x: number;
  y: number;
  width: number;
  height: number;
  /** One of the two. */
  operator?: number;
  tensor?: number;
}

export interface Line {
  id: string;
  tensor: number;
  from: string;
  to: string;
  /** An SVG path. */
  path: string;
}

export interface Drawing {
  width: number;
  height: number;
  boxes: GraphBox[];
  lines: Line[];
}

const OPERATOR = { width: 208, height: 54 };
const STYLE = {
  rankdir: "TB",
  ranker: "tight-tree",
  nodesep: 20,
  ranksep: 26,
  marginx: 12,
  marginy: 12,
} as const;
const TENSOR = { width: 208, height: 28 };

/** What has been drawn is kept, as it takes a while. */
const drawings = new WeakMap<Explanation, Drawing>();

export function drawingOf(explanation: Explanation): Drawing {
  const drawing = drawings.get(explanation) ?? drawGraph(explanation);
  drawings.set(explanation, drawing);
  return drawing;
}

/** Draws the operators in layers from top to bottom. */
function drawGraph({ operators, edges }: Explanation): Drawing {
  const graph = new Graph({ multigraph: true });
  graph.setGraph(STYLE);
  for (const { index } of operators) graph.setNode(`${index}`, { ...OPERATOR, operator: index });
  for (const { tensor, from, to } of edges) {
    if (from === undefined) graph.setNode(`in ${tensor}`, { ...TENSOR, tensor });
    if (to === undefined) graph.setNode(`out ${tensor}`, { ...TENSOR, tensor });
    graph.setEdge(`${from ?? `in ${tensor}`}`, `${to ?? `out ${tensor}`}`, { tensor }, `${tensor}`);
  }
  layout(graph);
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  return {
    width,
    height,
    boxes: graph.nodes().map((id) => ({ id, ...(graph.node(id) as Omit<GraphBox, "id">) })),
    lines: graph.edges().map((edge) => {
      const { tensor, points } = graph.edge(edge) as { tensor: number; points: Point[] };
      return {
        id: `${edge.v}-${edge.w}-${tensor}`,
        tensor,
        from: edge.v,
        to: edge.w,
        path: pathOf(points),
      };
    }),
  };
}

interface Point {
  x: number;
  y: number;
}

/** A line that bends at its points, rounded between their middles. */
function pathOf(points: Point[]): string {
  const [first, ...rest] = points as [Point, ...Point[]];
  const last = rest.at(-1) ?? first;
  const bends = rest.slice(0, -1).map((point, i) => {
    const next = rest[i + 1] as Point;
    const end =
      i === rest.length - 2 ? next : { x: (point.x + next.x) / 2, y: (point.y + next.y) / 2 };
    return `Q${at(point)} ${at(end)}`;
  });
  return `M${at(first)} ${bends.join(" ")} L${at(last)}`;
}

function at({ x, y }: Point): string {
  return `${x.toFixed(1)},${y.toFixed(1)}`;
}
