import { runInNewContext } from 'node:vm';
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

test('causes are followed eight levels deep; what is deeper is left out and listed', () => {
  let error = new Error('12');
  for (let level = 11; level >= 1; level -= 1) error = new Error(String(level), { cause: error });
  const messages: string[] = [];
  let arrived: (Error & { notCloned?: string[] }) | undefined = roundTrip(error) as Error;
  let last = arrived;
  for (; arrived !== undefined; arrived = arrived.cause as Error | undefined) {
    messages.push(arrived.message);
    last = arrived;
    if (messages.length < 8) expect(arrived.notCloned).toBeUndefined();
  }
  expect(messages).toEqual(['1', '2', '3', '4', '5', '6', '7', '8']);
  expect(last?.notCloned).toEqual(['cause']);
});

test('an error of another realm arrives as one of this realm', () => {
  const arrived = roundTrip(runInNewContext("new RangeError('foreign')")) as Error;
  expect(arrived).toBeInstanceOf(RangeError);
  expect([arrived.name, arrived.message]).toEqual(['RangeError', 'foreign']);
});

test('an error without a stack that is text has its name and message for one', () => {
  const error = new TypeError('why');
  error.stack = 5 as never;
  expect((roundTrip(error) as Error).stack).toBe('TypeError: why');
});

test('a list that holds an error and something that cannot be cloned is left out and listed', () => {
  const error = new AggregateError([new Error('a'), () => {}], 'both');
  const arrived = roundTrip(error) as AggregateError & { notCloned: string[] };
  expect(arrived).toBeInstanceOf(AggregateError);
  expect(arrived.errors).toEqual([]);
  expect(arrived.notCloned).toEqual(['errors']);
});

test('fields are as visible as an assignment makes them, but for the cause and the errors', () => {
  const error = Object.assign(new AggregateError([], 'all', { cause: 1 }), {
    code: 'E_ALL',
    act: () => {},
  });
  expect(Object.keys(roundTrip(error) as Error)).toEqual(['code', 'notCloned']);
  expect((roundTrip(error) as Error).cause).toBe(1);
});

test('a name that was set on the error itself stays hidden from enumeration', () => {
  const error = new Error('why');
  error.name = 'Custom';
  const arrived = roundTrip(error) as Error;
  expect([arrived.name, Object.keys(arrived), String(arrived)]).toEqual([
    'Custom',
    [],
    'Custom: why',
  ]);
  expect(Object.hasOwn(roundTrip(new TypeError('why')) as Error, 'name')).toBe(false);
});
