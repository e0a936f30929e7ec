import { expect, test } from 'vitest';
import { remoteSettings, remoteTerms } from '../../../../src/nats/submit/pool-options.js';
import { thrownBy } from '../../../helpers/outcomes.js';

const connection = { publish: () => {} };

test('a connection and a name are enough', () => {
  expect(remoteSettings({ connection, name: 'it' })).toMatchObject({
    overflow: 'wait',
    encoding: 'v8',
    limits: { waiters: 1024, bytes: 67_108_864, publishing: 64, unread: 10_000 },
  });
});

test.each([
  ['connection', { name: 'it' }],
  ['connection', { name: 'it', connection: 'localhost' }],
  ['name', { connection }],
  ['overflow', { connection, name: 'it', overflow: 'drop-oldest' }],
  ['encoding', { connection, name: 'it', encoding: 'xml' }],
  ['publishing', { connection, name: 'it', publishing: 0 }],
  ['threads', { connection, name: 'it', threads: 1 }],
])('a wrong option is named: %s', (option, options) => {
  expect(thrownBy(() => remoteSettings(options))).toMatchObject({
    code: 'ERR_INVALID_OPTION',
    option,
  });
});

test('a number is the total time', () => {
  expect(remoteTerms({ timeout: 5 }).timeouts).toEqual({ totalMs: 5 });
  expect(remoteTerms({ timeout: { runMs: 5 } }).timeouts).toEqual({ runMs: 5 });
  expect(remoteTerms(undefined).timeouts).toEqual({});
});

test.each([
  ['transfer', { transfer: [] }],
  ['priority', { priority: 1 }],
  ['weight', { weight: 1 }],
  ['id', { id: '' }],
  ['id', { id: '\ud83d' }],
  ['key', { key: 'k'.repeat(257) }],
  ['signal', { signal: 5 }],
  ['timeout', { timeout: 0 }],
  ['retry', { retry: {} }],
])('a wrong option of a job is named: %s', (option, options) => {
  expect(thrownBy(() => remoteTerms(options as never))).toMatchObject({
    code: 'ERR_INVALID_OPTION',
    option,
  });
});

test('an unknown option of a job comes with those that a remote job has', () => {
  const { message } = thrownBy(() => remoteTerms({ tiemout: 5 } as never)) as Error;
  expect(message).toContain('Known are: signal, timeout, graceMs, onProgress, id, key.');
});
