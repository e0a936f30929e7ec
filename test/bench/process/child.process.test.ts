import { expect, test } from 'vitest';
import { Child, describeExit, type Message } from '../../../bench/process/child.js';

const program = new URL(
  '../../../build/bench/scenarios/service/load/generator.js',
  import.meta.url,
);

interface Ready extends Message {
  readonly kind: 'ready';
}

test('messages go both ways, until the child is killed', async () => {
  const child = new Child<Message, Ready>('generator', program);
  const documents = { source: 'synthetic', seed: 1, count: 1 };
  child.send({ kind: 'load', documents, seed: 1 } as Message);
  expect(await child.receive('ready')).toEqual({ kind: 'ready' });
  expect(await child.kill()).toMatchObject({ code: null, signal: 'SIGKILL' });
  expect(child.hasExited).toBe(true);
  child.send({ kind: 'load' });
  await expect(child.receive('ready')).rejects.toThrow('The generator ended: SIGKILL');
});

test('waiting for a message ends when the child does, with its own last words', async () => {
  const missing = new URL('missing.js', program);
  const child = new Child<Message, Ready>('generator', missing);
  await expect(child.receive('ready')).rejects.toThrow(
    /The generator ended: exit code 1: Error: Cannot find module/,
  );
  expect((await child.exited).code).toBe(1);
});

test.each([
  { code: 1, signal: null, stderr: '', says: 'exit code 1' },
  { code: null, signal: 'SIGABRT' as const, stderr: '', says: 'SIGABRT' },
  {
    code: null,
    signal: 'SIGABRT' as const,
    stderr: 'x\nFATAL ERROR: Reached heap limit\n at y',
    says: 'SIGABRT: FATAL ERROR: Reached heap limit',
  },
  { code: 1, signal: null, stderr: 'TypeError: no\n  at x', says: 'exit code 1: TypeError: no' },
  {
    code: 1,
    signal: null,
    stderr: "x\n[ModuleLoadError: it's [not] there] {\n  code: 'X'\n}",
    says: "exit code 1: ModuleLoadError: it's [not] there",
  },
])('$says', ({ says, ...exit }) => {
  expect(describeExit(exit)).toBe(says);
});
