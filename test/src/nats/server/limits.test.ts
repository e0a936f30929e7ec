import { expect, test } from 'vitest';
import { limitsOf } from '../../../../src/nats/server/limits.js';
import { thrownBy } from '../../../helpers/outcomes.js';

test('all but the number of jobs have defaults', () => {
  expect(limitsOf({ jobs: 5 })).toEqual({
    jobs: 5,
    bytes: 268_435_456,
    jobBytes: -1,
    keyLimit: undefined,
    ackWaitMs: 30_000,
    duplicateWindowMs: 120_000,
    replicas: 1,
    results: { ageMs: 3_600_000, bytes: 268_435_456 },
    deadLetters: { ageMs: 604_800_000, bytes: 67_108_864 },
  });
});

test.each([
  ['jobs', {}],
  ['jobs', { jobs: 0 }],
  ['jobs', { jobs: 1.5 }],
  ['keyLimit', { jobs: 5, keyLimit: 6 }],
  ['limits', undefined],
  ['replicas', { jobs: 5, replicas: 6 }],
  ['replicas', { jobs: 5, replicas: 2 }],
  ['ackWaitMs', { jobs: 5, ackWaitMs: 10 }],
  ['results.ageMs', { jobs: 5, results: { ageMs: 1 } }],
  ['results.count', { jobs: 5, results: { count: 1 } }],
  ['deadLetters', { jobs: 5, deadLetters: 5 }],
  ['size', { jobs: 5, size: 1 }],
])('a wrong one is named: %s', (option, limits) => {
  expect(thrownBy(() => limitsOf(limits))).toMatchObject({ code: 'ERR_INVALID_OPTION', option });
});
