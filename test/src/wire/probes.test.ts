import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import {
  builtInName,
  containerKind,
  describe as described,
  isError,
  keysOf,
  membersOf,
  namesOf,
  pairsOf,
  read,
  readText,
  SuppressedError,
} from '../../../src/wire/probes.js';

const refuse = (): never => {
  throw new Error('no');
};
const traps = ['get', 'has', 'ownKeys', 'getPrototypeOf', 'getOwnPropertyDescriptor'];
const hostile = (target: object): object =>
  new Proxy(target, Object.fromEntries(traps.map((trap) => [trap, refuse])));
const revoked = (target: object): object => {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
};
/** An object whose prototype is another one like it, and so on. */
const endless = (): object => new Proxy({}, { getPrototypeOf: endless });

class Failure extends RangeError {}
class Failed {
  readonly why = 'no';
}
class Sneaky {
  readonly why = 'no';
}
Object.defineProperty(Sneaky.prototype, 'constructor', { get: refuse });

describe('an error', () => {
  test.each<[string, unknown, boolean]>([
    ['an Error', new Error('why'), true],
    ['one of a class', new Failure('why'), true],
    ['a DOMException', new DOMException('why'), true],
    ['one of another realm', runInNewContext('new TypeError()'), true],
    ['a Proxy of one', new Proxy(new Error('why'), {}), true],
    ['what inherits from it', Object.create(Error.prototype), true],
    ['a plain object', { message: 'why' }, false],
    ['text', 'why', false],
    ['null', null, false],
    ['a function', Error, false],
    ['a hostile Proxy of one', hostile(new Error('why')), false],
    ['a revoked Proxy of one', revoked(new Error('why')), false],
    ['what has prototypes for ever', endless(), false],
  ])('is or is not %s', (_, value, expected) => {
    expect(isError(value)).toBe(expected);
  });

  test.each<[string, object, string]>([
    ['a built-in one', new SyntaxError('why'), 'SyntaxError'],
    ['one of a class', new Failure('why'), 'RangeError'],
    ['a DOMException', new DOMException('why'), 'DOMException'],
    ['an AggregateError', new AggregateError([]), 'AggregateError'],
    ['one of another realm', runInNewContext('new (class Own extends URIError {})()'), 'URIError'],
    ['one with a field of that name', Object.assign(new Error('a'), { constructor: Map }), 'Error'],
    ['a namesake', new (class TypeError extends Error {})(), 'Error'],
    ['what throws', hostile(new RangeError('why')), 'Error'],
    ['what has prototypes for ever', endless(), 'Error'],
    ['what has a constructor that throws', new Sneaky(), 'Error'],
    ['none', {}, 'Error'],
  ])('has the nearest built-in class: %s', (_, error, name) => {
    expect(builtInName(error)).toBe(name);
  });

  test.skipIf(SuppressedError === undefined)('may be a SuppressedError', () => {
    const Class = SuppressedError as NonNullable<typeof SuppressedError>;
    expect(builtInName(new Class(1, 2, 'why'))).toBe('SuppressedError');
  });
});

test.each<[string, object, string | undefined]>([
  ['an array', [], 'array'],
  ['one of a class', new (class Rows extends Array {})(), 'array'],
  ['one of another realm', runInNewContext('[]'), 'array'],
  ['a Map', new Map(), 'map'],
  ['a Map of another realm', runInNewContext('new Map()'), 'map'],
  ['a Set', new Set(), 'set'],
  ['a plain object', {}, 'object'],
  ['one of another realm', runInNewContext('({})'), 'object'],
  ['one without a prototype', Object.create(null), 'object'],
  ['a Proxy of one', new Proxy({}, {}), 'object'],
  ['an instance of a class', new Sneaky(), undefined],
  ['a Date', new Date(), undefined],
  ['bytes', new Uint8Array(1), undefined],
  ['a promise', Promise.resolve(), undefined],
  ['a hostile Proxy', hostile({}), undefined],
  ['a revoked Proxy', revoked([]), undefined],
])('what kind of container is %s', (_, value, kind) => {
  expect(containerKind(value)).toBe(kind);
});

test('what a container holds is read whatever its class makes of it, or not at all', () => {
  class Odd<K, V> extends Map<K, V> {
    override entries(): never {
      return refuse();
    }
    override [Symbol.iterator](): never {
      return refuse();
    }
  }
  expect(pairsOf(new Odd([[1, 2]]))).toEqual([[1, 2]]);
  expect(membersOf(new Set([1, 2]))).toEqual([1, 2]);
  const hidden = Object.defineProperty({ a: 1 }, 'b', { value: 2, enumerable: false });
  expect([keysOf(hidden), namesOf(hidden)]).toEqual([['a'], ['a', 'b']]);
  expect([keysOf(hostile({})), namesOf(hostile({}))]).toEqual([undefined, undefined]);
});

test('a property that throws is read as a symbol, and has no text', () => {
  const trap = {
    get trap(): never {
      return refuse();
    },
    bare: Object.create(null),
    number: 5,
  };
  expect(typeof read(trap, 'trap')).toBe('symbol');
  expect(read(trap, 'number')).toBe(5);
  expect(['trap', 'bare', 'number', 'none'].map((key) => readText(trap, key))).toEqual([
    undefined,
    undefined,
    '5',
    'undefined',
  ]);
});

test.each<[what: string, value: unknown, text: string]>([
  ['a symbol', Symbol('s'), 'Symbol(s)'],
  ['a function', () => {}, 'a function'],
  ['a promise', Promise.resolve(), '[object Promise]'],
  ['a plain object', {}, '[object Object]'],
  ['an object without a prototype', Object.create(null), '[object Object]'],
  ['an instance', new Failed(), '[object Object] of the class Failed'],
  ['an instance of an unreadable class', new Sneaky(), '[object Object]'],
  ['a hostile Proxy', hostile({}), 'a Proxy'],
  ['a revoked Proxy', revoked([]), 'a Proxy'],
  [
    'what has a tag that throws',
    Object.defineProperty({}, Symbol.toStringTag, { get: refuse }),
    'an object',
  ],
])('%s is described', (_, value, text) => {
  expect(described(value)).toBe(text);
});
