import { expect, test } from 'vitest';
import { plain } from '../../../bench/terminal/paint.js';
import { spreadRows } from '../../../bench/terminal/spread.js';

test('a row of medians, and below it a row of ranges', () => {
  const spreads = [{ median: 2, min: 1, max: 3 }, undefined];
  expect(spreadRows('arm', spreads, (value) => value.toFixed(1), plain)).toEqual([
    ['arm', '2.0', '-'],
    ['', '1.0–3.0', ''],
  ]);
  const marked = spreadRows('arm', spreads, String, (tone, text) => `<${tone} ${text}>`);
  expect(marked[1]).toEqual(['', '<faint 1–3>', '']);
});
