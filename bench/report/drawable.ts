/**
 * Drops the charts that a table beside them shows better.
 *
 * Invariant: only charts whose values are all in a table (`document.ts`) are dropped.
 */
import type { Block } from './document.js';

/** Max bars or x values of a chart that is read faster as a table. */
const FEW = 2;

/** Returns the blocks to draw, in their order. */
export function drawable(blocks: readonly Block[]): Block[] {
  return blocks.filter((block) => {
    if (block.kind === 'bars') return block.bars.length > FEW;
    if (block.kind !== 'curves') return true;
    const xs = block.series.flatMap(({ points }) => points.map((point) => point[0]));
    return new Set(xs).size > FEW;
  });
}
