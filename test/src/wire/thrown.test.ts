import { expect, test } from 'vitest';
import { decodeThrown, encodeThrown } from '../../../src/wire/thrown.js';

/** Over the real structured clone, as over a link. */
function roundTrip(thrown: unknown): unknown {
  return decodeThrown(structuredClone(encodeThrown(thrown)));
}

class LimitError extends RangeError {
  override name = 'LimitError';
  code = 'E_LIMIT';
  details = { limit: 3, at: new Date(5) };
}

test.each([
  ['undefined', undefined],
  ['null', null],
  ['a string', 'broken'],
  ['a number', 0],
  ['an object', { reason: 'plain' }],
])('%s arrives as it was thrown', (_, value) => {
  expect(roundTrip(value)).toEqual(value);
});

test.each([Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError])(
  '%o arrives as an instance of its class, with message and stack',
  (Class) => {
    const error = new Class('why');
    const arrived = roundTrip(error) as Error;
    expect(arrived).toBeInstanceOf(Class);
    expect(Object.getPrototypeOf(arrived)).toBe(Class.prototype);
    expect(arrived.message).toBe('why');
    expect(arrived.stack).toBe(error.stack);
  },
);

test('a subclass arrives as its built-in class with its name and fields', () => {
  const arrived = roundTrip(new LimitError('too much')) as LimitError;
  expect(arrived).toBeInstanceOf(RangeError);
  expect(arrived.name).toBe('LimitError');
  expect(arrived.code).toBe('E_LIMIT');
  expect(arrived.details).toEqual({ limit: 3, at: new Date(5) });
});

test('an AggregateError arrives with its errors, each with its fields', () => {
  const arrived = roundTrip(
    new AggregateError([new LimitError('a'), 'b'], 'both'),
  ) as AggregateError;
  expect(arrived).toBeInstanceOf(AggregateError);
  expect(arrived.message).toBe('both');
  expect((arrived.errors[0] as LimitError).code).toBe('E_LIMIT');
  expect(arrived.errors[1]).toBe('b');
});

test('a DOMException arrives with its name and its legacy code', () => {
  const arrived = roundTrip(new DOMException('stop', 'AbortError')) as DOMException;
  expect(arrived).toBeInstanceOf(DOMException);
  expect([arrived.name, arrived.message, arrived.code]).toEqual(['AbortError', 'stop', 20]);
});

test('causes arrive down the chain, and stay hidden from enumeration', () => {
  const arrived = roundTrip(new Error('outer', { cause: new LimitError('inner') })) as Error;
  expect((arrived.cause as LimitError).code).toBe('E_LIMIT');
  expect(Object.keys(arrived)).toEqual([]);
});

test('a cause that leads back to its error is left out and listed', () => {
  const error: Error & { notCloned?: string[] } = new Error('round');
  error.cause = error;
  expect((roundTrip(error) as typeof error).notCloned).toEqual(['cause']);
});

test('fields that cannot be cloned or read are left out and listed, the others arrive', () => {
  const error = Object.assign(new Error('partly'), {
    ok: 1,
    act: () => {},
    deep: { act: () => {} },
  });
  Object.defineProperty(error, 'trap', {
    get: () => {
      throw new Error('trapped');
    },
    enumerable: true,
  });
  const arrived = roundTrip(error) as typeof error & { notCloned: string[] };
  expect(arrived.ok).toBe(1);
  expect(arrived.notCloned).toEqual(['act', 'deep', 'trap']);
});

test.each([
  ['a function', () => {}, 'a function'],
  ['a symbol', Symbol('s'), 'Symbol(s)'],
  ['an object with a function', { act: () => {} }, '[object Object]'],
])('%s arrives as an Error that says what it was', (_, value, description) => {
  const arrived = roundTrip(value) as Error;
  expect(arrived).toBeInstanceOf(Error);
  expect(arrived.message).toContain(description);
});

test('an error that throws when it is looked at arrives all the same', () => {
  const hostile = new Proxy(new Error('hostile'), {
    get() {
      throw new Error('no');
    },
    ownKeys() {
      throw new Error('no');
    },
    getPrototypeOf() {
      throw new Error('no');
    },
  });
  expect(roundTrip(hostile)).toBeInstanceOf(Error);
});
