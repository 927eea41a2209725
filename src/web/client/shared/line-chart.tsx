import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { number, percent } from './format.js';

/** A line of a chart. */
export interface ChartLine {
  readonly name: string;
  /** A custom property that holds its color. */
  readonly color: `--${string}`;
  readonly values: readonly number[];
  /** Told from others by its form too. */
  readonly dashed?: boolean;
}

export interface LineChartProps {
  /** Shares 0..1. */
  readonly shares: readonly number[];
  readonly lines: readonly ChartLine[];
  readonly height: number;
  /** What the chart says, for those who do not see it. */
  readonly summary: string;
  /** A share at which a line stands. */
  readonly marked?: number;
}

/** Scores over shares of pixels; follows the width of its place and the colors of the page. */
export function LineChart({ shares, lines, height, summary, marked }: LineChartProps) {
  const at = useRef(marked);
  const drawn = useRef<uPlot | null>(null);
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    let chart: uPlot | null = null;
    const draw = (): void => {
      chart?.destroy();
      chart = new uPlot(
        optionsOf(element, lines, height, at),
        [[...shares], ...lines.map(({ values }) => [...values])],
        element,
      );
      drawn.current = chart;
    };
    const observer = new ResizeObserver(() => {
      if (element.clientWidth > 0) chart?.setSize({ width: element.clientWidth, height });
    });
    draw();
    observer.observe(element);
    scheme.addEventListener('change', draw);
    return () => {
      observer.disconnect();
      scheme.removeEventListener('change', draw);
      chart?.destroy();
    };
  }, [shares, lines, height]);
  useEffect(() => {
    at.current = marked;
    drawn.current?.redraw(false);
  }, [marked]);
  return <div class="chart" ref={place} role="img" aria-label={summary} />;
}

function optionsOf(
  element: HTMLElement,
  lines: readonly ChartLine[],
  height: number,
  marked: { readonly current: number | undefined },
): uPlot.Options {
  const style = getComputedStyle(element);
  const color = (name: string): string => style.getPropertyValue(name).trim();
  const axis: uPlot.Axis = {
    stroke: color('--muted'),
    grid: { stroke: color('--line'), width: 1 },
    ticks: { show: false },
    font: '12px system-ui, sans-serif',
  };
  return {
    width: Math.max(200, element.clientWidth),
    height,
    cursor: { y: false },
    hooks: {
      draw: [
        (chart) => {
          const { ctx, bbox } = chart;
          if (marked.current === undefined) return;
          const x = Math.round(chart.valToPos(marked.current, 'x', true));
          ctx.save();
          ctx.strokeStyle = color('--ink');
          ctx.lineWidth = 2 * devicePixelRatio;
          ctx.setLineDash([4 * devicePixelRatio, 3 * devicePixelRatio]);
          ctx.beginPath();
          ctx.moveTo(x, bbox.top);
          ctx.lineTo(x, bbox.top + bbox.height);
          ctx.stroke();
          ctx.restore();
        },
      ],
    },
    scales: { x: { time: false }, y: { range: (_, __, most) => [0, most <= 1 ? 1 : most * 1.05] } },
    axes: [
      { ...axis, size: 32, values: (_, splits) => splits.map(percent) },
      {
        ...axis,
        size: 52,
        values: (_, splits) =>
          splits.map((value) => (splits.at(-1)! <= 1 ? percent(value) : String(Number(value.toPrecision(3))))),
      },
    ],
    series: [
      { label: 'of the picture', value: (_, value) => (Number.isFinite(value) ? percent(value) : '') },
      ...lines.map((line): uPlot.Series => ({
        label: line.name,
        stroke: color(line.color),
        width: 2,
        ...(line.dashed === true ? { dash: [6, 4] } : {}),
        points: { show: false },
        value: (_, value) => (Number.isFinite(value) ? number(value) : ''),
      })),
    ],
  };
}
