import { expect, test } from 'vitest';
import { groupSettings } from '../../../src/api/group-options.js';
import { thrownBy } from '../../helpers/outcomes.js';

const { signal } = new AbortController();

test.each([
  [undefined, { signal: undefined, failFast: true }],
  [{}, { signal: undefined, failFast: true }],
  [
    { failFast: false, signal },
    { signal, failFast: false },
  ],
])('%o is taken', (options, settings) => {
  expect(groupSettings(options)).toEqual(settings);
});

test.each([
  [null, 'options'],
  [[], 'options'],
  [{ failfast: true }, 'failfast'],
  [{ failFast: 1 }, 'failFast'],
  [{ signal: 'abort' }, 'signal'],
])('%o is refused, by the name of the option', (options, option) => {
  expect(thrownBy(() => groupSettings(options))).toMatchObject({
    code: 'ERR_INVALID_OPTION',
    option,
  });
});
