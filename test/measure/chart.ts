import { LineChart } from "echarts/charts";
import { GridComponent, LegendComponent, MarkLineComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

use([LineChart, GridComponent, LegendComponent, MarkLineComponent, SVGRenderer]);

/** One line, in both panels. */
export interface Curve {
  name: string;
  /** Solid or dashed, and one of the colours below. */
  style: "solid" | "dashed";
  color: number;
  points: { x: number; upper: number; lower: number }[];
}

export interface Panels {
  x: string;
  upper: string;
  lower: string;
  /** A vertical line through both, and what is written at its head. */
  mark: { x: number; text: string };
}

const COLORS = ["#1b6ca8", "#c2571a", "#2f7d4f"];
const WIDTH = 760;
const PANEL = { left: 70, right: 30, height: 230 };
const TOPS = [100, 380];
const HEIGHT = 660;

/** Two panels, one above the other, over one logarithmic axis: an SVG document. */
export function drawCurves(curves: Curve[], panels: Panels): string {
  const chart = init(null, null, { renderer: "svg", ssr: true, width: WIDTH, height: HEIGHT });
  chart.setOption({
    animation: false,
    backgroundColor: "#fff",
    legend: { top: 8, itemGap: 36, itemWidth: 30, width: 620 },
    grid: TOPS.map((top) => ({ ...PANEL, top })),
    xAxis: TOPS.map((_, gridIndex) => ({
      gridIndex,
      type: "log",
      logBase: 2,
      min: 1,
      name: gridIndex === 1 ? panels.x : "",
      nameLocation: "middle",
      nameGap: 30,
    })),
    yAxis: [panels.upper, panels.lower].map((name, gridIndex) => ({
      gridIndex,
      type: "value",
      scale: gridIndex === 1,
      name,
      nameLocation: "middle",
      nameRotate: 90,
      nameGap: 48,
    })),
    series: [0, 1].flatMap((panel) => curves.map((curve, i) => seriesOf(curve, panel, i, panels))),
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return `${svg}\n`;
}

function seriesOf({ name, style, color, points }: Curve, panel: number, index: number, of: Panels) {
  const { x, text } = of.mark;
  return {
    type: "line",
    name,
    xAxisIndex: panel,
    yAxisIndex: panel,
    symbolSize: 5,
    color: COLORS[color],
    lineStyle: { type: style, width: 2 },
    data: points.map((point) => [point.x, panel === 0 ? point.upper : point.lower]),
    // One line marks for all.
    ...(index > 0
      ? {}
      : {
          markLine: {
            silent: true,
            symbol: "none",
            lineStyle: { color: "#777", type: "dotted" },
            label: { formatter: panel === 0 ? text : "", color: "#777" },
            data: [{ xAxis: x }],
          },
        }),
  };
}
