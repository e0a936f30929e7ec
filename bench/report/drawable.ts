/**
 * Leaves out the charts that would show nothing a table beside them doesn't show better.
 *
 * Invariant: only charts whose values are all in a table (`document.ts`) are left out.
 */
import type { Block } from './document.js';

/** A chart of no more than these is read faster as a table. */
const FEW = 2;

/** The blocks that are drawn, in their order. */
export function drawable(blocks: readonly Block[]): Block[] {
  return blocks.filter((block) => {
    if (block.kind === 'bars') return block.bars.length > FEW;
    if (block.kind !== 'curves') return true;
    const xs = block.series.flatMap(({ points }) => points.map((point) => point[0]));
    return new Set(xs).size > FEW;
  });
}
