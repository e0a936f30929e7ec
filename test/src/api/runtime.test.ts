import { expect, test } from 'vitest';
import { UnsupportedRuntimeError } from '../../../src/api/errors.js';
import { checkRuntime } from '../../../src/api/runtime.js';
import { thrownBy } from '../../helpers/outcomes.js';

test('Node is taken', () => {
  expect(() => checkRuntime(process.versions)).not.toThrow();
});

test.each([
  ['Deno', { deno: '2.9.6' }, 'Deno 2.9.6', 'message ports'],
  ['Bun', { bun: '1.4.5' }, 'Bun 1.4.5', 'process.hrtime()'],
])('%s is refused, with its version and the reason', (_, versions, runtime, what) => {
  const error = thrownBy(() => checkRuntime({ ...process.versions, ...versions }));
  expect(error).toBeInstanceOf(UnsupportedRuntimeError);
  expect(error).toMatchObject({ code: 'ERR_UNSUPPORTED_RUNTIME', runtime });
  expect(error.message).toMatch(`millrace does not run on ${runtime}: ${what}`);
  expect(error.message).toMatch(/ Run it on Node\.js\.$/);
});
