import { expect, test } from 'vitest';
import { UnsupportedRuntimeError } from '../../../src/api/errors.js';
import { checkRuntime } from '../../../src/api/runtime.js';
import { thrownBy } from '../../helpers/outcomes.js';

test.each([
  ['Node', process.versions],
  ['Bun', { ...process.versions, bun: '1.4.5' }],
])('%s is taken', (_, versions) => {
  expect(() => checkRuntime(versions)).not.toThrow();
});

test('Deno is refused, with its version and the reason', () => {
  const error = thrownBy(() => checkRuntime({ ...process.versions, deno: '2.9.6' }));
  expect(error).toBeInstanceOf(UnsupportedRuntimeError);
  expect(error).toMatchObject({ code: 'ERR_UNSUPPORTED_RUNTIME', runtime: 'Deno 2.9.6' });
  expect(error.message).toMatch(
    /^millrace does not run on Deno 2\.9\.6: message ports .* Run it on Node\.js\.$/,
  );
});
