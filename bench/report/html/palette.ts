/**
 * The colours of the page, light and dark, and how series are told apart.
 *
 * Invariants: text has a contrast of at least 4.5, a line of at least 3 to what it stands on (tested);
 * no two series of a chart have the same colour and dashes;
 * a name looks the same in every chart of a page.
 */
import type { Look } from './browser/chart-contract.js';

/** Names of CSS custom properties, without the dashes. */
export interface Theme {
  readonly paper: string;
  readonly raised: string;
  readonly rule: string;
  readonly ink: string;
  readonly muted: string;
  readonly accent: string;
  readonly wash: string;
  readonly good: string;
  readonly bad: string;
  readonly grid: string;
  /** At the side of a box that goes on there. */
  readonly shade: string;
  readonly series: readonly string[];
}

export const LIGHT: Theme = {
  paper: '#fcfbf8',
  raised: '#f4f2ec',
  rule: '#dedad0',
  ink: '#1b1f22',
  muted: '#5a6066',
  accent: '#0a6c68',
  wash: '#e6f1ef',
  good: '#1c6b36',
  bad: '#b3261e',
  grid: '#e7e4dc',
  shade: '#1b1f2226',
  series: ['#0a7d78', '#c2410c', '#2f5fd0', '#9a6700', '#a21caf', '#55606e', '#b4235a', '#3f7d20'],
};

export const DARK: Theme = {
  paper: '#131619',
  raised: '#1b1f23',
  rule: '#32383e',
  ink: '#e8e8e4',
  muted: '#a3abb3',
  accent: '#5fd0c5',
  wash: '#17302f',
  good: '#7fd39a',
  bad: '#ff9186',
  grid: '#262b30',
  shade: '#000000b0',
  series: ['#4fd1c5', '#fb923c', '#8ab4ff', '#f2c94c', '#e58af0', '#b8c0cc', '#ff8fab', '#9bd770'],
};

/** Each colour has dashes of its own, for those who can't tell the colours apart. */
const DASHES = [[], [9, 4], [2, 3], [12, 3, 2, 3], [5, 3], [14, 4], [7, 3, 2, 3, 2, 3], [4, 6]];
/** Added once for each time that all colours are taken. */
const FURTHER_DASHES = [1, 5];
/** In the order in which a chart has references. */
const REFERENCE_DASHES = [
  [3, 4],
  [10, 5],
  [8, 4, 2, 4],
  [1, 3],
];
/** What every bench is about: always the first colour, which no other series gets. */
const OWN = 'millrace';

/** Gives series their looks, for one page. */
export class Palette {
  readonly #preferred = new Map<string, number>();

  /** The looks of a chart's series, in their order. */
  looksOf(
    series: ReadonlyArray<{ readonly name: string; readonly isReference?: boolean }>,
  ): Look[] {
    const taken = new Set<number>();
    let references = 0;
    return series.map(({ name, isReference }) => {
      if (isReference === true) {
        const dash = REFERENCE_DASHES[references++ % REFERENCE_DASHES.length] ?? [];
        return { color: undefined, dash, widthPx: 1.5 };
      }
      const slot = this.#slotOf(name, taken);
      taken.add(slot);
      return lookOf(slot, name === OWN);
    });
  }

  /** The slot that the name has elsewhere, or the next one that is free in this chart. */
  #slotOf(name: string, taken: ReadonlySet<number>): number {
    if (name === OWN) return 0;
    let slot = this.#preferred.get(name) ?? 1 + (this.#preferred.size % (LIGHT.series.length - 1));
    if (!this.#preferred.has(name)) this.#preferred.set(name, slot);
    while (taken.has(slot) || slot % LIGHT.series.length === 0) slot += 1;
    return slot;
  }
}

function lookOf(slot: number, isOwn: boolean): Look {
  const color = slot % LIGHT.series.length;
  const lap = Math.floor(slot / LIGHT.series.length);
  const further = Array.from({ length: lap }, () => FURTHER_DASHES).flat();
  return { color, dash: [...(DASHES[color] ?? []), ...further], widthPx: isOwn ? 2.75 : 2 };
}

/** A theme as CSS declarations. */
export function themeVariables({ series, ...colors }: Theme): string {
  return [
    ...Object.entries(colors).map(([name, color]) => `--${name}:${color};`),
    ...series.map((color, at) => `--series-${at}:${color};`),
  ].join('');
}
