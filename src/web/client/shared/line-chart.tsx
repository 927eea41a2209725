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
}

export interface LineChartProps {
  /** Shares 0..1. */
  readonly shares: readonly number[];
  readonly lines: readonly ChartLine[];
  readonly height: number;
  /** What the chart says, for those who do not see it. */
  readonly summary: string;
}

/** Scores over shares of pixels; follows the width of its place and the colors of the page. */
export function LineChart({ shares, lines, height, summary }: LineChartProps) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    let chart: uPlot | null = null;
    const draw = (): void => {
      chart?.destroy();
      chart = new uPlot(
        optionsOf(element, lines, height),
        [[...shares], ...lines.map(({ values }) => [...values])],
        element,
      );
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
  return <div class="chart" ref={place} role="img" aria-label={summary} />;
}

function optionsOf(element: HTMLElement, lines: readonly ChartLine[], height: number): uPlot.Options {
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
    scales: { x: { time: false }, y: { range: (_, __, most) => [0, Math.max(most, 0.05) * 1.05] } },
    axes: [
      { ...axis, size: 32, values: (_, splits) => splits.map(percent) },
      { ...axis, size: 44, values: (_, splits) => splits.map((value) => String(Number(value.toPrecision(3)))) },
    ],
    series: [
      { label: 'pixels', value: (_, value) => (Number.isFinite(value) ? percent(value) : '') },
      ...lines.map((line): uPlot.Series => ({
        label: line.name,
        stroke: color(line.color),
        width: 2,
        points: { show: false },
        value: (_, value) => (Number.isFinite(value) ? number(value) : ''),
      })),
    ],
  };
}
