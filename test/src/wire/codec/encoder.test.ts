/** Tests the codec by cases that could go wrong. See decoder.property.test.ts for the rest. */
import { deepStrictEqual } from 'node:assert';
import { runInNewContext } from 'node:vm';
import { MessageChannel } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { Decoder } from '../../../../src/wire/codec/decoder.js';
import { Encoder } from '../../../../src/wire/codec/encoder.js';
import { collectGarbage } from '../../../helpers/garbage.js';
import { rows } from '../../../helpers/rows.js';

const BYTES = 64 * 1024;
/** The two sides of a link. */
const memory = Buffer.from(new SharedArrayBuffer(BYTES));
const encoder = new Encoder(memory);
const decoder = new Decoder(memory);

function cross(value: unknown, end = BYTES): any {
  const after = encoder.encode(value, 0, end);
  return after === -1 ? 'turned down' : decoder.decode(0);
}

function expectLikeClone(value: unknown): void {
  expect(encoder.encode(value, 0, BYTES)).toBeGreaterThan(0);
  const [arrived, clone] = [decoder.decode(0), structuredClone(value)] as [object, object];
  deepStrictEqual(arrived, clone);
  if (typeof arrived !== 'object' || arrived === null) return;
  expect(Reflect.ownKeys(arrived)).toEqual(Reflect.ownKeys(clone));
  deepStrictEqual(
    Object.getOwnPropertyDescriptors(arrived),
    Object.getOwnPropertyDescriptors(clone),
  );
}

/** An object with an own property of any name. */
function withOwn(name: string, value: unknown): object {
  const flags = { enumerable: true, configurable: true, writable: true };
  return Object.defineProperty({ first: 1 }, name, { ...flags, value });
}

function nested(levels: number): object {
  let value: object = {};
  for (let level = 1; level < levels; level += 1) value = level % 2 ? [value] : { a: value };
  return value;
}

describe('what is plain arrives as its clone', () => {
  test.each(
    rows<unknown>([
      undefined,
      null,
      true,
      false,
      0,
      -0,
      127,
      128,
      -1,
      2 ** 31 - 1,
      2 ** 31,
      -(2 ** 31),
      -(2 ** 31) - 1,
      0.1,
      5e-324,
      Number.NaN,
      -Infinity,
      2n ** 63n - 1n,
      -(2n ** 63n),
      {},
      [],
      [[], {}, [{}]],
      { a: undefined, b: null, c: -0, d: Number.NaN },
      Object.assign(Object.create(null), { a: { b: 1 } }),
      [undefined, null],
      { b: 1, 2: 'two', a: 2, 1: 'one', '-1': 0, '01': 0, 4294967295: 0 },
      { '': 1, ä: 2, 日本: 3, '\ud800': 4, ['k'.repeat(126)]: 5, ['k'.repeat(127)]: 6 },
      { ['k'.repeat(5000)]: 1, ['é'.repeat(200)]: 2 },
      withOwn('__proto__', { polluted: true }),
      [withOwn('__proto__', 1), withOwn('__proto__', 2)],
      { constructor: 1, toString: 2, hasOwnProperty: 3, toJSON: 4 },
      Object.fromEntries(Array.from({ length: 3000 }, (_, n) => [`key ${n}`, n])),
      // More shapes than get an index, and then one of the first again.
      [...Array.from({ length: 40 }, (_, n) => ({ [`k${n}`]: n })), { k0: 1 }, { k39: 2 }],
      [{ a: 1, b: 2 }, { b: 1, a: 2 }, { a: 1 }, { a: 1, b: 2, c: 3 }, { a: 1, b: 2 }],
      Array.from({ length: 300 }, (_, n) => ({ id: n, name: `n${n}` })),
      Object.freeze({ a: Object.freeze([1]) }),
      Object.defineProperty({ a: 1 }, 'hidden', { value: 2 }),
      { a: 1, [Symbol('key')]: 2 },
      /(?<first>a)(?<second>b)?/.exec('ab')?.groups,
      {
        view: new Uint8Array([1, 2]),
        floats: new Float64Array([0.5, -0]),
        none: new Int16Array(0),
      },
      { buffer: Buffer.from(new Uint8Array([1, 2]).buffer) },
      nested(100),
    ]),
  )('case %#', (value) => {
    expectLikeClone(value);
  });

  const characters = ['a', '\0', '\u007f', '\u0080', 'é', 'ÿ', 'Ā', '€', '😀', '\ud800', '\udfff'];
  test.each(rows([0, 1, 7, 8, 9, 22, 23, 24, 25, 254, 255, 256, 257, 5000]))(
    'text of %i characters and one more',
    (length) => {
      for (const character of characters) {
        for (const text of [character + 'x'.repeat(length), 'x'.repeat(length) + character]) {
          expect(cross(text) === text).toBe(true);
          expect(cross({ [text]: text })).toEqual({ [text]: text });
        }
      }
    },
  );

  test('a Buffer as the whole value stays one, and leaves the memory that it is a part of', () => {
    for (const sent of [Buffer.from('pooled'), Buffer.alloc(0), Buffer.alloc(16_000, 7)]) {
      const arrived = cross(sent);
      expect(Buffer.isBuffer(arrived)).toBe(true);
      expect(arrived).toEqual(sent);
      expect(arrived.buffer.byteLength).toBe(sent.length);
    }
    const part = new Uint16Array(new Uint8Array([1, 2, 3, 4, 5, 6]).buffer, 2, 1);
    expect(cross(part)).toEqual(part);
    expect(cross(part).buffer).toEqual(new Uint8Array([3, 4]).buffer);
    class Samples extends Uint8Array {}
    expect(Object.getPrototypeOf(cross(new Samples(2)))).toBe(Uint8Array.prototype);
  });

  test('each reading gives a value of its own', () => {
    encoder.encode({ list: [1], bytes: new Uint8Array(1) }, 0, BYTES);
    const [first, second] = [decoder.decode(0), decoder.decode(0)] as [any, any];
    first.list.push(2);
    first.bytes[0] = 9;
    expect(second).toEqual({ list: [1], bytes: new Uint8Array(1) });
    expect(decoder.decode(0)).toEqual(second);
  });

  test('it may lie anywhere, and ends where it says', () => {
    const values = [{ a: 1.5 }, 'é日', [1, 2], Buffer.from('x')];
    let at = 3;
    const starts = values.map((value) => {
      const start = at;
      at = encoder.encode(value, start, BYTES);
      return start;
    });
    expect(starts.map((start) => decoder.decode(start))).toEqual(values);
  });
});

describe('what would not arrive as its clone is turned down', () => {
  const shared = { a: 1 };
  const pair = new ArrayBuffer(2);
  test.each<[string, unknown]>([
    ['a symbol', Symbol('value')],
    ['a function', () => {}],
    ['a large bigint', 2n ** 63n],
    ['a date', new Date(0)],
    ['a nested map', { a: new Map() }],
    ['an error', [new RangeError('odd')]],
    ['a boxed text', Object('text')],
    ['a proxy', new Proxy({ a: 1 }, {})],
    ['a proxy of an array', new Proxy([1], {})],
    [
      'an instance of a class',
      new (class Point {
        x = 1;
      })(),
    ],
    ['an array of a subclass', new (class List extends Array {})()],
    ['an array without a prototype', Object.setPrototypeOf([1], null)],
    ['an array with the prototype of objects', Object.setPrototypeOf([1], Object.prototype)],
    ['a sparse array', new Array(3)], // oxlint-disable-line unicorn/no-new-array
    ['a hole and an extra name', Object.assign([, 1], { extra: 1 })], // oxlint-disable-line no-sparse-arrays
    ['an extra name', Object.assign([1, 2], { extra: 1 })],
    ['a hole among objects', [{ a: 1 }, , {}]], // oxlint-disable-line no-sparse-arrays
    ['a hidden element', Object.defineProperty([1, 2], 0, { enumerable: false })],
    ['the same object twice', [shared, shared]],
    [
      'the same object twice among many',
      [...Array.from({ length: 400 }, () => ({})), shared, [shared]],
    ],
    ['a circle', circle()],
    ['more levels than are looked at', nested(101)],
    ['arguments', someArguments()],
    ['an object of another realm', runInNewContext('({ a: 1 })')],
    ['plain memory', new ArrayBuffer(4)],
    ['shared memory', new Uint8Array(new SharedArrayBuffer(4))],
    ['a DataView', new DataView(new ArrayBuffer(4))],
    ['a nested DataView', [new DataView(new ArrayBuffer(4))]],
    ['a nested part of memory', [new Uint8Array(4).subarray(1)]],
    ['a nested Buffer of the pool', [Buffer.from('pooled')]],
    ['two views on the same memory', [new Uint8Array(pair), new Int8Array(pair)]],
    ['large bytes', new Uint8Array(16 * 1024)],
    ['growable memory', new Uint8Array(growable())],
    ['memory that is gone', detached()],
    ['nested memory that is gone', [detached()]],
    [
      'floats that say they are a Buffer',
      Object.setPrototypeOf(new Float64Array(1), Buffer.prototype),
    ],
  ])('%s', (_, value) => {
    expect(cross(value)).toBe('turned down');
    expect(encoder.takeSubstitute(value)).toBe(value);
  });

  const kinds: Record<string, () => object> = {
    Map: () => new Map([[1, 2]]),
    Set: () => new Set([1]),
    Promise: () => Promise.resolve(1),
    Date: () => new Date(5),
    RegExp: () => /a/g,
    Error: () => new RangeError('odd'),
    ArrayBuffer: () => new ArrayBuffer(4),
    SharedArrayBuffer: () => new SharedArrayBuffer(4),
    Boolean: () => Object(true),
    arguments: someArguments,
  };
  /** Without own properties, only structured clone itself detects these. */
  const unnamed: Record<string, () => object> = {
    WeakMap: () => new WeakMap(),
    WeakSet: () => new WeakSet(),
    BigInt: () => Object(1n),
    Symbol: () => Object(Symbol('boxed')),
    'a generator': () => (function* numbers() {})(),
    'an iterator of a map': () => new Map().entries(),
    'an iterator of a set': () => new Set().values(),
    WeakRef: () => new WeakRef({}),
    FinalizationRegistry: () => new FinalizationRegistry(() => {}),
    'Intl.NumberFormat': () => new Intl.NumberFormat(),
    'an iterator of an array': () => [1].values(),
    'WebAssembly.Memory': () => runInNewContext('new WebAssembly.Memory({ initial: 1 })') as object,
    Blob: () => new Blob(['x']),
    MessagePort: () => {
      const { port1 } = new MessageChannel();
      port1.close();
      return port1;
    },
  };

  describe.each([
    ['the prototype of objects', Object.prototype],
    ['no prototype', null],
  ])('with %s', (__, prototype) => {
    function disguised(make: () => object): object {
      const value = Object.setPrototypeOf(make(), prototype) as object;
      return Object.defineProperty(value, Symbol.toStringTag, {
        value: 'Object',
        configurable: true,
      });
    }

    test.each(Object.entries({ ...kinds, ...unnamed }))('%s', (_, make) => {
      for (const value of [Object.setPrototypeOf(make(), prototype), disguised(make)]) {
        expect(cross(value)).toBe('turned down');
        expect(cross([{ a: value }])).toBe('turned down');
      }
    });

    test.each(Object.entries(kinds))('%s with a property of its own', (_, make) => {
      const value = Object.assign(Object.setPrototypeOf(make(), prototype), { own: 1 });
      expect(cross(value)).toBe('turned down');
    });
  });
});

describe('room', () => {
  test.each(
    rows<unknown>([
      'x'.repeat(500),
      'é'.repeat(500),
      '日'.repeat(500),
      Buffer.alloc(500),
      { key: 'x'.repeat(20) },
      [1.5, 2.5],
      Array.from({ length: 200 }, () => 1),
      { ['k'.repeat(200)]: 1 },
    ]),
  )('of any size: case %#', (value) => {
    const needed = encoder.encode(value, 0, BYTES);
    let isFitting = false;
    for (let end = 0; end < needed + 32; end += 1) {
      memory.fill(0xa5, end, end + 64);
      const after = encoder.encode(value, 0, end);
      expect(memory.subarray(end, end + 64).every((byte) => byte === 0xa5)).toBe(true);
      // Once it fits, it fits into more space.
      if (isFitting) expect(after).toBe(needed);
      isFitting ||= after === needed;
      if (isFitting) expect(decoder.decode(0)).toEqual(value);
    }
    expect(isFitting).toBe(true);
  });
});

describe('getters', () => {
  test('run once, also if the value is turned down behind them', () => {
    let runs = 0;
    const value = {
      count: 0,
      get next() {
        runs += 1;
        return (this.count += 1);
      },
    };
    expect(cross(value)).toEqual({ count: 0, next: 1 });
    const odd = Object.defineProperty(value, 'when', { value: new Date(5), enumerable: true });
    expect(cross(odd)).toBe('turned down');
    expect(structuredClone(encoder.takeSubstitute(odd))).toEqual({
      count: 1,
      next: 2,
      when: new Date(5),
    });
    expect(runs).toBe(2);
    // The substitute can be taken once.
    expect(encoder.takeSubstitute(odd)).toBe(odd);
  });

  test('run once in a circle, which stays one', () => {
    let runs = 0;
    const value = {
      get a() {
        runs += 1;
        return { runs };
      },
      self: undefined as unknown,
    };
    value.self = [value];
    expect(cross(value)).toBe('turned down');
    const clone = structuredClone(encoder.takeSubstitute(value)) as any;
    expect(clone.a).toEqual({ runs: 1 });
    expect(clone.self[0]).toBe(clone);
    expect(runs).toBe(1);
  });

  test('what they throw is thrown, and leaves nothing behind', () => {
    const value = {
      a: [1],
      get trap(): never {
        throw new RangeError('trapped');
      },
    };
    expect(() => cross(value)).toThrow(new RangeError('trapped'));
    expect(cross([{ a: [1] }, value.a])).toEqual([{ a: [1] }, [1]]);
  });

  test('may encode: the inner value is turned down, and the outer one is not harmed', () => {
    const inner: unknown[] = [];
    const value = {
      a: 1,
      get b() {
        for (const each of [{ c: 1 }, 'text', Buffer.from('x')])
          inner.push(cross(each), encoder.takeSubstitute(each));
        return { a: 2 };
      },
      c: [3],
    };
    expect(cross(value)).toEqual({ a: 1, b: { a: 2 }, c: [3] });
    expect(inner).toEqual([
      'turned down',
      { c: 1 },
      'turned down',
      'text',
      'turned down',
      Buffer.from('x'),
    ]);
  });
});

describe('prototypes that were extended', () => {
  let calls = 0;
  const trap = (): void => void (calls += 1);

  /** Calls `act` while a property is defined on a prototype; nothing else may run meanwhile. */
  function during<Result>(
    owner: object,
    name: PropertyKey,
    how: PropertyDescriptor,
    act: () => Result,
  ): Result {
    calls = 0;
    Object.defineProperty(owner, name, { ...how, configurable: true });
    try {
      return act();
    } finally {
      Reflect.deleteProperty(owner, name);
    }
  }

  test.each<[string, object, PropertyKey, PropertyDescriptor]>([
    ['a setter', Object.prototype, 'a', { set: trap, get: trap }],
    ['a setter that is seen', Object.prototype, 'a', { set: trap, enumerable: true }],
    ['a constant', Object.prototype, 'a', { value: 'inherited', writable: false }],
    ['a name that is seen', Object.prototype, 'z', { value: 'inherited', enumerable: true }],
    ['an index of objects', Object.prototype, 1, { set: trap, get: trap }],
    ['an index of arrays', Array.prototype, 1, { set: trap, get: trap, enumerable: true }],
    ['a constant index', Array.prototype, 0, { value: 'inherited', writable: false }],
    ['a part of a descriptor', Object.prototype, 'get', { value: trap }],
  ])('with %s', (_, owner, name, how) => {
    for (const value of [{ a: 1, list: [1, { a: 2 }, 3], b: 'text' }, ['x', 'y'], [{}, {}, {}]]) {
      const arrived = during(owner, name, how, () => cross(value));
      expect(arrived).toEqual(value);
      expect(Object.keys(arrived)).toEqual(Object.keys(value));
      expect(calls).toBe(0);
    }
  });

  test('a hole, or a property that is gone, does not take what is inherited', () => {
    const how = { value: 'inherited', writable: true };
    const sparse = [1, , 3]; // oxlint-disable-line no-sparse-arrays
    expect(during(Array.prototype, 1, how, () => cross(sparse))).toBe('turned down');
    const deleting = {
      get a() {
        delete (this as { b?: number }).b;
        return 1;
      },
      b: 2,
    };
    expect(during(Object.prototype, 'b', how, () => cross(deleting))).toBe('turned down');
    expect(structuredClone(encoder.takeSubstitute(deleting))).toEqual({ a: 1 });
  });
});

describe('memory', () => {
  test('nothing keeps a value that was encoded, turned down or decoded', async () => {
    const kinds = [
      (): object => ({ a: [{ b: 1 }] }),
      (): object => ({ a: [new Date(5)] }),
      (): object => [{}],
    ];
    for (const kind of kinds) {
      const reference = referenceTo(kind);
      for (let round = 0; round < 10 && reference.deref() !== undefined; round += 1) {
        // A WeakRef keeps its target until the turn is over.
        await new Promise((resolve) => setImmediate(resolve));
        collectGarbage();
      }
      expect(reference.deref() === undefined).toBe(true);
    }
  });

  test.each([1, 2, 3, 4, 5])('bytes that are no value are read to an end: %i', (seed) => {
    let state = seed;
    for (let round = 0; round < 300; round += 1) {
      const small = Buffer.from(new SharedArrayBuffer(256));
      for (let at = 0; at < small.length; at += 1) {
        state = (Math.imul(state, 1103515245) + 12345) | 0;
        small[at] = (state >>> 16) % (round % 2 ? 16 : 256);
      }
      try {
        new Decoder(small).decode(round % 200);
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
      }
    }
  });
});

function referenceTo(make: () => object): WeakRef<object> {
  const value = make();
  cross(value);
  return new WeakRef(value);
}

function circle(): object {
  const self: Record<string, unknown> = {};
  self['self'] = self;
  return self;
}

function someArguments(): object {
  return (
    function take(this: void) {
      // oxlint-disable-next-line prefer-rest-params
      return arguments;
    } as (...values: number[]) => object
  )(1, 2);
}

function growable(): ArrayBuffer {
  const Growable = ArrayBuffer as new (bytes: number, options: object) => ArrayBuffer;
  return new Growable(8, { maxByteLength: 16 });
}

function detached(): Uint8Array {
  const view = new Uint8Array(8);
  structuredClone(view.buffer, { transfer: [view.buffer] });
  return view;
}
