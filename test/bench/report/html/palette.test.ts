import { describe, expect, test } from 'vitest';
import { DARK, LIGHT, Palette } from '../../../../bench/report/html/palette.js';

/** Relative luminance and contrast as WCAG 2.2 defines them. */
function luminance(color: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, other: string): number {
  const [dark, light] = [luminance(one), luminance(other)].toSorted((a, b) => a - b) as [
    number,
    number,
  ];
  return (light + 0.05) / (dark + 0.05);
}

describe.each([
  ['light', LIGHT],
  ['dark', DARK],
])('in the %s theme', (_, theme) => {
  const { paper, raised, wash, ink, muted, accent, good, bad } = theme;
  const failing = (texts: readonly string[], grounds: readonly string[], wanted: number) =>
    texts.flatMap((text) =>
      grounds
        .filter((ground) => contrast(text, ground) < wanted)
        .map((ground) => `${text} on ${ground}`),
    );

  test('text has a contrast of 4.5 to all that it stands on', () => {
    expect(failing([ink, muted, accent, good, bad], [paper, raised, wash], 4.5)).toEqual([]);
    expect(failing([muted], [theme.grid], 21)).toHaveLength(1);
  });

  test('every series has a contrast of 3 to the paper, and a colour of its own', () => {
    expect(failing(theme.series, [paper], 3)).toEqual([]);
    expect(new Set(theme.series).size).toBe(theme.series.length);
  });
});

test('both themes have as many colours for series', () => {
  expect(DARK.series.length).toBe(LIGHT.series.length);
});

test('no two series of a chart look the same, also when there are more of them than colours', () => {
  const names = Array.from({ length: 30 }, (_, at) => `series ${at}`);
  const looks = new Palette().looksOf([...names, 'millrace'].map((name) => ({ name })));
  expect(new Set(looks.map((look) => JSON.stringify(look))).size).toBe(31);
});

test('within the colours, the dashes alone tell the series apart', () => {
  const names = Array.from({ length: 7 }, (_, at) => `series ${at}`);
  const looks = new Palette().looksOf([...names, 'millrace'].map((name) => ({ name })));
  expect(new Set(looks.map(({ dash }) => dash.join(' '))).size).toBe(8);
});

test('a name looks the same in every chart, and millrace has a look that no other gets', () => {
  const palette = new Palette();
  const [b, own, a] = palette.looksOf([{ name: 'b' }, { name: 'millrace' }, { name: 'a' }]);
  expect(palette.looksOf([{ name: 'c' }, { name: 'a' }, { name: 'b' }]).slice(1)).toEqual([a, b]);
  expect(own).toMatchObject({ color: 0, dash: [] });
});

test('of more names than colors each keeps its look, whichever charts they meet in', () => {
  const names = Array.from({ length: 20 }, (_, at) => `series ${at}`);
  const palette = new Palette();
  const first = names.map((name) => palette.looksOf([{ name }])[0]);
  // Names of the same color meet in one chart.
  expect(palette.looksOf(names.toReversed().map((name) => ({ name })))).toEqual(first.toReversed());
  expect(new Set(first.map((look) => JSON.stringify(look))).size).toBe(20);
});

test('a chart that comes later has colors of its own for its names', () => {
  const palette = new Palette();
  palette.looksOf(Array.from({ length: 5 }, (_, at) => ({ name: `before ${at}` })));
  const looks = palette.looksOf(['a', 'b', 'c', 'd', 'millrace'].map((name) => ({ name })));
  expect(new Set(looks.map(({ color }) => color)).size).toBe(5);
});

test('references are muted, dashed each in its own way, and take no colour away', () => {
  const [ideal, fit, first] = new Palette().looksOf([
    { name: 'ideal', isReference: true },
    { name: 'fit', isReference: true },
    { name: 'measured' },
  ]);
  expect([ideal?.color, fit?.color]).toEqual([undefined, undefined]);
  for (const each of [ideal, fit]) expect(each?.dash.length).toBeGreaterThan(0);
  expect(ideal?.dash).not.toEqual(fit?.dash);
  expect(first?.color).toBe(1);
});
