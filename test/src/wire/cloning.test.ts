import { MessageChannel } from 'node:worker_threads';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { cloneMoving } from '../../../src/wire/cloning.js';
import { thrownBy } from '../../helpers/outcomes.js';

const native = structuredClone;

afterEach(() => {
  vi.unstubAllGlobals();
});

describe.each<[string, unknown]>([
  ["Node's", native],
  ['missing', undefined],
  ['a copy by JSON', (value: unknown) => JSON.parse(JSON.stringify(value))],
  ['a clone that moves nothing', (value: unknown) => native(value)],
  [
    'one that throws',
    () => {
      throw new Error('not here');
    },
  ],
])('where structuredClone is %s', (_, clone) => {
  test('the list moves, and the value shares it', () => {
    vi.stubGlobal('structuredClone', clone);
    const bytes = new Uint8Array([1, 2, 3]);
    const { port1, port2 } = new MessageChannel();
    const list = [bytes.buffer, port1];
    const moved = cloneMoving({ bytes, map: new Map([[1, bytes]]), port: port1 }, list);
    expect(bytes.byteLength).toBe(0);
    expect([...moved.bytes]).toEqual([1, 2, 3]);
    expect(moved.map.get(1)).toBe(moved.bytes);
    expect(moved.port).not.toBe(port1);
    moved.port.close();
    port2.close();
  });

  test('nothing moves if the value can not be cloned', () => {
    vi.stubGlobal('structuredClone', clone);
    const bytes = new Uint8Array([1, 2, 3]);
    const error = thrownBy(() => cloneMoving([bytes, () => {}], [bytes.buffer]));
    expect(error.name).toBe('DataCloneError');
    expect(bytes.byteLength).toBe(3);
  });
});

test('each function is tried out once', () => {
  const clone = vi.fn<typeof structuredClone>((value, options) => native(value, options));
  vi.stubGlobal('structuredClone', clone);
  for (let call = 0; call < 3; call += 1) {
    const { buffer } = new Uint8Array(1);
    cloneMoving(buffer, [buffer]);
  }
  expect(clone).toHaveBeenCalledTimes(4);
});
