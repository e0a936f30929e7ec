import { expect, test } from 'vitest';
import { isOlder } from '../../../../src/nats/server/manager.js';

test.each([
  ['2.10.27', false],
  ['2.10.26', true],
  ['2.9.30', true],
  ['2.11.0', false],
  ['2.15.1-beta.2', false],
  ['3.0.0', false],
  ['unknown', true],
])('nats-server %s is too old: %s', (version, expected) => {
  expect(isOlder(version)).toBe(expected);
});
