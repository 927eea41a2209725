import type { CheckedMap, CheckRecord } from '../results/schema/check.js';

/** Colors that people of any color vision tell apart (Okabe and Ito 2008). */
const COLORS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9'];
/** Dashes of maps behind the first six. */
const DASHES = ['', '6 3', '2 3'];

const PANEL = { width: 300, height: 200, left: 48, gap: 34 };
const ROW = PANEL.height + 74;
const LEGEND_LINE = 18;

const PANELS = [
  { of: 'deletion', title: 'Deletion: the most salient pixels become zero', better: 'lower is better' },
  { of: 'insertion', title: 'Insertion: they come back into a light blur', better: 'higher is better' },
  { of: 'blurredDeletion', title: 'Deletion: they are blurred strongly', better: 'lower is better' },
  { of: 'blurredInsertion', title: 'Insertion: they come back into a strong blur', better: 'higher is better' },
] as const;

/** The curves of all maps of a check, as a drawing. */
export function curvesSvg({ maps, target }: CheckRecord): string {
  const drawn = maps.filter(({ order }) => order);
  const made = drawn.filter(({ origin }) => origin === 'method');
  const most = Math.max(
    target.score,
    ...drawn.flatMap((map) => PANELS.flatMap(({ of }) => [...(map[of]?.scores ?? [])])),
  );
  const top = niceTop(most);
  const width = 2 * (PANEL.width + PANEL.left + PANEL.gap);
  const height = 30 + 2 * ROW + LEGEND_LINE * drawn.length + 16;
  const panels = PANELS.map(({ of, title, better }, i) => {
    const x = PANEL.left + (i % 2) * (PANEL.width + PANEL.left + PANEL.gap - 16);
    const y = 30 + Math.floor(i / 2) * ROW + 20;
    return group(x, y, [
      ...frame(title, better, top),
      ...drawn.map((map, at) => line(map, of, top, styleOf(map, made.includes(map) ? made.indexOf(map) : at))),
    ]);
  });
  const legend = drawn.map((map, at) => {
    const y = 30 + 2 * ROW + at * LEGEND_LINE + 8;
    const text = legendText(map);
    return `${path(`M${PANEL.left} ${y}h32`, styleOf(map, made.includes(map) ? made.indexOf(map) : at))}<text x="${PANEL.left + 40}" y="${y + 4}">${escaped(text)}</text>`;
  });
  const name = target.label?.name ?? 'the box';
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="12" role="img">`,
    `<title>${escaped(`Curves of ${drawn.length} maps of ${name}`)}</title>`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    `<text x="${PANEL.left}" y="22" font-size="15" font-weight="600">${escaped(`Score of ${name}, ${target.score.toFixed(3)} on the whole image`)}</text>`,
    ...panels,
    ...legend,
    '</svg>',
    '',
  ].join('\n');
}

interface Style {
  readonly color: string;
  readonly dash: string;
  readonly width: number;
}

/** Maps that were given in colors, those made here black, chance gray. */
function styleOf({ origin }: CheckedMap, at: number): Style {
  if (origin === 'random') return { color: '#888', dash: '4 4', width: 1.5 };
  return {
    color: origin === 'method' ? '#000' : COLORS[at % COLORS.length]!,
    dash: DASHES[Math.min(2, origin === 'method' ? at % 3 : Math.floor(at / COLORS.length))]!,
    width: 2,
  };
}

function frame(title: string, better: string, top: number): string[] {
  const { width, height } = PANEL;
  const parts = [
    `<text y="-8" font-weight="600">${title}</text>`,
    `<rect width="${width}" height="${height}" fill="none" stroke="#bbb"/>`,
    `<text x="${width / 2}" y="${height + 32}" text-anchor="middle" fill="#555">share of the pixels, ${better}</text>`,
  ];
  for (let i = 0; i <= 4; i++) {
    const y = height - (height * i) / 4;
    const x = (width * i) / 4;
    if (i > 0 && i < 4) parts.push(`<path d="M0 ${y}h${width}M${x} 0v${height}" stroke="#eee"/>`);
    parts.push(`<text x="-6" y="${y + 4}" text-anchor="end" fill="#555">${numberText((top * i) / 4)}</text>`);
    parts.push(`<text x="${x}" y="${height + 16}" text-anchor="middle" fill="#555">${25 * i} %</text>`);
  }
  return parts;
}

function line(map: CheckedMap, of: (typeof PANELS)[number]['of'], top: number, style: Style): string {
  const curve = map[of];
  if (curve === null) return '';
  const points = curve.shares.map((share, i) => {
    const y = PANEL.height * (1 - Math.min(top, Math.max(0, curve.scores[i] ?? 0)) / top);
    return `${(share * PANEL.width).toFixed(1)} ${y.toFixed(1)}`;
  });
  return path(`M${points.join('L')}`, style);
}

function path(d: string, { color, dash, width }: Style): string {
  return `<path d="${d}" fill="none" stroke="${color}" stroke-width="${width}" stroke-linejoin="round"${dash === '' ? '' : ` stroke-dasharray="${dash}"`}/>`;
}

function group(x: number, y: number, parts: readonly string[]): string {
  return `<g transform="translate(${x} ${y})">${parts.join('')}</g>`;
}

/** The smallest of 1, 2, 4, 5 times a power of ten that is not below a value. */
function niceTop(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 4, 5, 10].find((step) => step * power >= value * (1 - 1e-9)) ?? 10) * power;
}

function numberText(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function legendText({ name, origin, advantage, deletion, insertion }: CheckedMap): string {
  const areas = `deletion ${areaText(deletion)}, insertion ${areaText(insertion)}`;
  const called = origin === 'method' ? `${name} (ours)` : name;
  return `${called}: ${areas}${advantage === null ? '' : `, advantage ${(100 * advantage).toFixed(0)} %`}`;
}

function areaText(curve: CheckedMap['deletion']): string {
  return (curve?.auc ?? 0).toFixed(3);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
