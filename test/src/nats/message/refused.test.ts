import { expect, test } from 'vitest';
import {
  JobTimeoutError,
  type MillraceError,
  ThreadLostError,
  UnknownJobError,
} from '../../../../src/api/errors.js';
import { DeadLetterError, ResultTooLargeError } from '../../../../src/nats/errors.js';
import { fieldsOf, refusedError } from '../../../../src/nats/message/refused.js';

test.each<[MillraceError, object]>([
  [new JobTimeoutError('job', 'run', 50, true), { phase: 'run', timeoutMs: 50, started: true }],
  [new ThreadLostError('job', true, new Error('why')), { started: true }],
  [new UnknownJobError('job', ['other']), { known: ['other'] }],
  [new DeadLetterError('job', 3), { attempts: 3 }],
  [new ResultTooLargeError('job', 5000, 100), { bytes: 5000 }],
])('%s is of the same class again, with its fields', (error, fields) => {
  const copy = refusedError(structuredClone(fieldsOf(error)));
  expect(copy).toBeInstanceOf(error.constructor);
  expect(copy).toMatchObject({ ...fields, code: error.code, message: error.message });
  expect(copy.name).toBe(error.name);
});

test('one of a newer node is an error of the library', () => {
  const copy = refusedError({ code: 'ERR_NEW', message: 'It is new.', limit: 5 });
  expect(copy).toMatchObject({ name: 'MillraceError', code: 'ERR_NEW', limit: 5 });
});

test('one that does not say whether the job has started says that it may have', () => {
  const message = 'The thread is gone.';
  expect(refusedError({ code: 'ERR_THREAD_LOST', message })).toMatchObject({ started: true });
  const given = refusedError({ code: 'ERR_THREAD_LOST', message, started: false });
  expect(given).toMatchObject({ started: false });
});
