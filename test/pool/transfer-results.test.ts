import { once } from 'node:events';
import type { MessagePort } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { fixture, guard } from '../helpers/guard.js';
import { rejection } from '../helpers/outcomes.js';

const { makePool } = guard();
const values = fixture('values.js');

test.each(['give', 'giveLater'])('%s: a result moves and is gone on the thread', async (name) => {
  const pool = makePool({ threads: 1 }, values);
  const given = (await pool.run(name, 1024)) as Uint8Array;
  expect([given.byteLength, given.buffer.byteLength, given[1023]]).toEqual([1024, 1024, 7]);
  expect(await pool.run('keptBytes')).toBe(0);
});

test('a port in a result speaks with the thread', async () => {
  const port = (await makePool({ threads: 1 }, values).run('givePort')) as MessagePort;
  const answer = once(port, 'message');
  port.postMessage('there and');
  expect(await answer).toEqual(['there and back']);
  port.close();
});

test.each(['giveTwice', 'giveNonsense', 'giveWithFunction'])(
  '%s: a list or a result that cannot go is an error of the result',
  async (name) => {
    const pool = makePool({ threads: 1 }, values);
    const error = await rejection(pool.run(name));
    expect(error).toMatchObject({ code: 'ERR_NOT_CLONEABLE', what: 'result', started: true });
    expect(error.cause).toBeInstanceOf(Error);
    expect(await pool.run('echo', 'on')).toBe('on');
    expect(pool.stats().threads.lost).toBe(0);
  },
);

test.each(['givePooled', 'givePooledInside'])(
  '%s: a pooled Buffer is an error of the result with a way out, and stays intact',
  async (name) => {
    const pool = makePool({ threads: 1 }, values);
    const error = await rejection(pool.run(name));
    expect(error).toMatchObject({
      code: 'ERR_NOT_CLONEABLE',
      what: 'result',
      started: true,
      cause: { name: 'TypeError', code: 'ERR_BUFFER_POOLED' },
    });
    expect(error.message).toMatch(
      /transfer\[0\] is the memory of a pooled Buffer.*Copy the Buffer/,
    );
    expect(error.message).not.toContain('plain data');
    expect(await pool.run('keptTexts')).toEqual(['hello', 'neighbour']);
    expect(pool.stats().threads.lost).toBe(0);
  },
);

test('a result that cannot go leaves its memory on the thread', async () => {
  const pool = makePool({ threads: 1 }, values);
  await rejection(pool.run('giveWithFunction'));
  expect(await pool.run('keptBytes')).toBe(8);
});
