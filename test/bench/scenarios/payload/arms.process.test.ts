/** Checks that every variant keeps the contract, on real threads. */
import { describe, expect, test } from 'vitest';
import {
  type Bytes,
  PAYLOAD_ARMS,
  startArm,
} from '../../../../build/bench/scenarios/payload/arms.js';

function bytesOf(first: number): Bytes {
  return Uint8Array.from({ length: 2000 }, (_, index) => first + index);
}

describe.each(PAYLOAD_ARMS)('%s', (name) => {
  test('cloned: the input stays, the result is a copy', async () => {
    const arm = await startArm(name, 2, 'cloned');
    const inputs = Array.from({ length: 10 }, (_, index) => bytesOf(index));
    const results = await Promise.all(inputs.map((input) => arm.run(input)));
    for (const [index, result] of results.entries()) {
      expect(result).toBeInstanceOf(Uint8Array);
      expect(result).toEqual(bytesOf(index));
      expect(result.buffer).not.toBe(inputs[index]?.buffer);
      expect(inputs[index]?.byteLength).toBe(2000);
    }
    await arm.stop();
  });

  test('transferred: the input is detached, its bytes come back', async () => {
    const arm = await startArm(name, 2, 'transferred');
    const inputs = Array.from({ length: 10 }, (_, index) => bytesOf(index));
    const results = await Promise.all(inputs.map((input) => arm.run(input)));
    for (const [index, result] of results.entries()) {
      expect(result).toEqual(bytesOf(index));
      expect(inputs[index]?.byteLength).toBe(0);
    }
    await arm.stop();
  });
});
