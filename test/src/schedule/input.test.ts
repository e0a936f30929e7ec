import { describe, expect, test } from 'vitest';
import { NotCloneableError } from '../../../src/api/errors.js';
import { inputError, takeOver } from '../../../src/schedule/input.js';
import { thrownBy } from '../../helpers/outcomes.js';
import { jobOf } from '../dispatch/jobs.js';

describe('an input that is taken over', () => {
  test('stays what it is, if it is no view', () => {
    const input = { a: 1 };
    const job = jobOf(1, { input });
    takeOver(job);
    expect(job.input).toBe(input);
    expect(job.transfer).toBeUndefined();
  });

  test('has memory of its own, if it is a view of a part', () => {
    const whole = new Uint8Array([1, 2, 3, 4]);
    const job = jobOf(1, { input: whole.subarray(1, 3) });
    takeOver(job);
    expect(job.input).toEqual(new Uint8Array([2, 3]));
    expect((job.input as Uint8Array).buffer.byteLength).toBe(2);
    expect(whole.byteLength).toBe(4);
  });

  test('is detached from the caller with the list, if it is transferred', () => {
    const input = new Uint8Array([1, 2, 3]);
    const job = jobOf(1, { input, transfer: [input.buffer] });
    takeOver(job);
    expect(input.byteLength).toBe(0);
    expect(job.input).toEqual(new Uint8Array([1, 2, 3]));
    expect(job.transfer).toEqual([(job.input as Uint8Array).buffer]);
    expect(job.transfer?.[0]).toBe((job.input as Uint8Array).buffer);
  });

  test('is left alone, if it cannot be cloned', () => {
    const memory = new ArrayBuffer(3);
    const input = { memory, call() {} };
    const transfer = [memory];
    const job = jobOf(1, { input, transfer });
    expect(thrownBy(() => takeOver(job))).toMatchObject({ name: 'DataCloneError' });
    expect(memory.byteLength).toBe(3);
    expect(job.input).toBe(input);
    expect(job.transfer).toBe(transfer);
  });
});

test('the error of an input names the job and the cause, and has no stack', () => {
  const cause = new Error('why');
  const error = inputError(jobOf(1), cause);
  expect(error).toBeInstanceOf(NotCloneableError);
  expect(error).toMatchObject({ what: 'input', started: false, cause });
  expect(error.message).toContain("'job'");
  expect(error.stack).not.toContain('\n');
});
