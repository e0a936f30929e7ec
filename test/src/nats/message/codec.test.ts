import { expect, test } from 'vitest';
import {
  decode,
  decodeEnvelope,
  encode,
  encodeEnvelope,
  encodeInput,
  type Encoding,
} from '../../../../src/nats/message/codec.js';
import { thrownBy } from '../../../helpers/outcomes.js';

const PLAIN = [1, 'ü', null, true, [1, [2]], { a: { b: 'c' } }];
const RICH = [undefined, -0, Number.NaN, 10n, new Date(5), new Map([[1, new Set([2])]]), /a/g];

test.each(['v8', 'json'] as const)('%s: plain data arrives as it was', (encoding) => {
  for (const value of PLAIN) expect(decode(encode(value, encoding), encoding)).toEqual(value);
});

test('v8: what structured clone takes arrives as it was', () => {
  for (const value of RICH) expect(decode(encode(value, 'v8'), 'v8')).toEqual(value);
  const cyclic: { self?: unknown } = {};
  cyclic.self = cyclic;
  const copy = decode(encode(cyclic, 'v8'), 'v8') as typeof cyclic;
  expect(copy.self).toBe(copy);
});

test('what is decoded does not hold the message that it came in', () => {
  const message = encode(new Uint8Array(100), 'v8');
  const large = new Uint8Array(65_536);
  large.set(message, 1000);
  const copy = decode(large.subarray(1000, 1000 + message.byteLength), 'v8') as Uint8Array;
  expect(copy).toEqual(new Uint8Array(100));
  expect(copy.buffer.byteLength).toBeLessThan(1000);
});

test.each([
  ['v8', () => {}],
  ['v8', new SharedArrayBuffer(1)],
  ['json', () => {}],
  ['json', 10n],
] as const)('%s: an input that can not be written is an error: %o', (encoding, value) => {
  expect(thrownBy(() => encodeInput('job', value, encoding))).toMatchObject({
    code: 'ERR_NOT_CLONEABLE',
    what: 'input',
    started: false,
  });
});

test.each(['v8', 'json'] as const)('%s: nothing is nothing', (encoding) => {
  expect(decode(encode(undefined, encoding), encoding)).toBeUndefined();
});

test.each(['v8', 'json'] as const)('%s: an outcome arrives, with the last progress', (encoding) => {
  const envelope = {
    outcome: { kind: 'fulfilled', value: { a: 1 } },
    progress: { n: 3, value: 'most' },
  } as const;
  const bytes = encodeEnvelope('job', envelope, encoding);
  expect(decodeEnvelope(bytes, encoding)).toEqual(envelope);
});

function thrown(error: unknown, encoding: Encoding): unknown {
  const bytes = encodeEnvelope('job', { outcome: { kind: 'threw', error } }, encoding);
  const { outcome } = decodeEnvelope(bytes, encoding);
  return outcome.kind === 'threw' ? outcome.error : outcome;
}

test('v8: an error keeps its class, its fields and its cause', () => {
  const error = Object.assign(new RangeError('no', { cause: new TypeError('why') }), { code: 'E' });
  const copy = thrown(error, 'v8');
  expect(copy).toBeInstanceOf(RangeError);
  expect(copy).toMatchObject({ message: 'no', code: 'E', stack: error.stack });
  expect((copy as Error).cause).toBeInstanceOf(TypeError);
  expect(thrown(undefined, 'v8')).toBeUndefined();
});

test('json: an error keeps its name, its message and its code', () => {
  const error = Object.assign(new RangeError('no'), { code: 'E' });
  expect(thrown(error, 'json')).toMatchObject({ name: 'RangeError', message: 'no', code: 'E' });
  expect(thrown('text', 'json')).toBe('text');
});

test('a result that can not be written is an error', () => {
  const envelope = { outcome: { kind: 'fulfilled', value: () => {} } } as const;
  expect(thrownBy(() => encodeEnvelope('job', envelope, 'v8'))).toMatchObject({
    code: 'ERR_NOT_CLONEABLE',
    what: 'result',
    started: true,
  });
});

test.each([undefined, {}, { kind: 'other' }, { kind: 'refused' }])(
  '%j is no outcome',
  (outcome) => {
    const bytes = encode({ outcome }, 'json');
    expect(thrownBy(() => decodeEnvelope(bytes, 'json'))).toBeInstanceOf(TypeError);
  },
);
