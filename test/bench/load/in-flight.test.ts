import { expect, test } from 'vitest';
import { InFlight } from '../../../bench/load/in-flight.js';

test('who waits for the end goes on when the last has ended, and at once where nothing has begun', async () => {
  const pending = new InFlight();
  await pending.ended();
  pending.begin();
  pending.begin();
  const order: string[] = [];
  const waited = pending.ended().then(() => order.push('ended'));
  pending.end();
  await Promise.resolve();
  order.push('one left');
  pending.end();
  await waited;
  expect(order).toEqual(['one left', 'ended']);
});
