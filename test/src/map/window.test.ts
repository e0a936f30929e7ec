import { describe, expect, test } from 'vitest';
import { mapSettings } from '../../../src/api/map-options.js';
import { Window } from '../../../src/map/window.js';

const POOL = { slots: 2, capacity: 300, bytes: 1000 };
const windowOf = (options: unknown, pool = POOL): Window => new Window(mapSettings(options), pool);

/** Max number in flight, and max number held, before there is no room. */
function most(window: Window, isShort: boolean): [inFlight: number, held: number] {
  let [inFlight, held] = [0, 0];
  while (window.hasRoom(inFlight, inFlight, 0, isShort)) inFlight += 1;
  while (window.hasRoom(0, held, 0, isShort)) held += 1;
  return [inFlight, held];
}

test.each([
  { options: {}, isShort: false, expected: [4, 64] },
  { options: {}, isShort: true, expected: [256, 1024] },
  { options: { inFlight: 20 }, isShort: false, expected: [20, 80] },
  { options: { inFlight: 20 }, isShort: true, expected: [20, 80] },
  { options: { inFlight: 1000 }, isShort: false, expected: [300, 1200] },
  { options: { window: 3 }, isShort: true, expected: [3, 3] },
  { options: { window: { items: 10 }, inFlight: 2 }, isShort: false, expected: [2, 10] },
])('$options, short: $isShort: $expected in flight and held', ({ options, isShort, expected }) => {
  expect(most(windowOf(options), isShort)).toEqual(expected);
});

test('a large pool has two in flight for each slot, short jobs or not', () => {
  const pool = { slots: 200, capacity: 2000, bytes: 1 };
  expect(most(windowOf({}, pool), true)).toEqual([400, 1600]);
});

describe('bytes', () => {
  test.each([
    { options: {}, heldBytes: 999, hasRoom: true },
    { options: {}, heldBytes: 1000, hasRoom: false },
    { options: { window: { bytes: 50 } }, heldBytes: 50, hasRoom: false },
    { options: { window: { bytes: 5000 } }, heldBytes: 1000, hasRoom: true },
  ])('$options with $heldBytes held: room is $hasRoom', ({ options, heldBytes, hasRoom }) => {
    expect(windowOf(options).hasRoom(1, 1, heldBytes, false)).toBe(hasRoom);
  });

  test('with nothing held there is always room', () => {
    expect(windowOf({}).hasRoom(0, 0, 5000, false)).toBe(true);
  });

  test.each([
    { bytes: 1000, held: 5, lets: true },
    { bytes: 1001, held: 2, lets: false },
    { bytes: 1001, held: 1, lets: true },
  ])('an item of $bytes among $held may go: $lets', ({ bytes, held, lets }) => {
    expect(windowOf({}).lets(bytes, held)).toBe(lets);
  });
});
