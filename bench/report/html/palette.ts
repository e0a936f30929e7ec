/**
 * Defines the page's colors, light and dark, and makes series distinguishable.
 *
 * Invariants: text has a contrast of at least 4.5 to its background, a line of at least 3 (tested); no two names of a
 * page have the same color and dashes, and a name looks the same in every chart of the page.
 */
import type { Look } from './browser/chart-contract.js';

/** The keys are names of CSS custom properties, without the dashes. */
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
  /** Shadow at the side of a box where it can be scrolled further. */
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

const COLORS = LIGHT.series.length;
/** Each color has dashes of its own, for readers who can't distinguish the colors. */
const DASHES = [[], [9, 4], [2, 3], [12, 3, 2, 3], [5, 3], [14, 4], [7, 3, 2, 3, 2, 3], [4, 6]];
/** Appended each time all colors are used up. */
const FURTHER_DASHES = [1, 5];
/** In the order of a chart's references. */
const REFERENCE_DASHES = [
  [3, 4],
  [10, 5],
  [8, 4, 2, 4],
  [1, 3],
];
/** The subject of every benchmark: always has the first color, which no other series gets. */
const OWN = 'millrace';

/** Assigns looks to the series of one page. */
export class Palette {
  readonly #slots = new Map<string, number>([[OWN, 0]]);

  /** Returns the looks of a chart's series, in their order. */
  looksOf(
    series: ReadonlyArray<{ readonly name: string; readonly isReference?: boolean }>,
  ): Look[] {
    let references = 0;
    const names = series.flatMap(({ name, isReference }) => (isReference === true ? [] : [name]));
    return series.map(({ name, isReference }) => {
      if (isReference !== true) return this.#lookOf(name, names);
      const dash = REFERENCE_DASHES[references++ % REFERENCE_DASHES.length] ?? [];
      return { color: undefined, dash, widthPx: 1.5 };
    });
  }

  /** Returns the color of a name, for a chart without dashes. */
  colorOf(name: string = OWN): number {
    return this.#lookOf(name, []).color ?? 0;
  }

  /** @param beside - The names in the same chart, whose colors a new name avoids. */
  #lookOf(name: string, beside: readonly string[]): Look {
    let slot = this.#slots.get(name);
    if (slot === undefined) {
      slot = this.#freeSlot(beside);
      this.#slots.set(name, slot);
    }
    return lookOf(slot, name === OWN);
  }

  /** Returns an unused slot of the lowest possible lap, preferably one whose color the chart does not use yet. */
  #freeSlot(beside: readonly string[]): number {
    const used = new Set(this.#slots.values());
    const colors = new Set(beside.map((name) => (this.#slots.get(name) ?? 0) % COLORS));
    for (let lap = 0; ; lap += 1) {
      const free = Array.from({ length: COLORS - 1 }, (_, at) => lap * COLORS + at + 1).filter(
        (slot) => !used.has(slot),
      );
      const slot = free.find((each) => !colors.has(each % COLORS)) ?? free[0];
      if (slot !== undefined) return slot;
    }
  }
}

function lookOf(slot: number, isOwn: boolean): Look {
  const color = slot % COLORS;
  const lap = Math.floor(slot / COLORS);
  const further = Array.from({ length: lap }, () => FURTHER_DASHES).flat();
  return { color, dash: [...(DASHES[color] ?? []), ...further], widthPx: isOwn ? 2.75 : 2 };
}

/** Formats a theme as CSS declarations. */
export function themeVariables({ series, ...colors }: Theme): string {
  return [
    ...Object.entries(colors).map(([name, color]) => `--${name}:${color};`),
    ...series.map((color, at) => `--series-${at}:${color};`),
  ].join('');
}
