/** The codec of the cells against structured clone, which is what a value in a message goes through. */
import { deepStrictEqual } from 'node:assert';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Inline, INLINE_BYTES, InlineValues } from '../../../src/wire/inline.js';
import { rows } from '../../helpers/rows.js';

const CELLS = 3;
const memory = new SharedArrayBuffer(8 + InlineValues.byteLength(CELLS));
/** The two sides of a link. */
const writer = new InlineValues(memory, 8, CELLS);
const reader = new InlineValues(memory, 8, CELLS);

type Outcome = { readonly form: number; readonly value: unknown } | 'refused';

/** Sends a value through a cell. Its neighbours must not notice. */
function cross(value: unknown): Outcome {
  const before = 'b'.repeat(INLINE_BYTES);
  const after = 'a'.repeat(INLINE_BYTES);
  const neighbours = [writer.write(0, before), writer.write(2, after)];
  let outcome: Outcome;
  try {
    const form = writer.write(1, value);
    outcome = form === Inline.none ? 'refused' : { form, value: reader.read(1, form) };
  } catch {
    // A getter threw, or the memory is gone.
    outcome = 'refused';
  }
  expect(neighbours).toEqual([Inline.string, Inline.string]);
  expect(reader.read(0, Inline.string)).toBe(before);
  expect(reader.read(2, Inline.string)).toBe(after);
  return outcome;
}

/**
 * What arrives is what structured clone would have made, or nothing does. Every look at a value may
 * be the first one, so each side gets a value of its own.
 */
function expectLikeClone(make: () => unknown): Outcome {
  const sent = make();
  const outcome = cross(sent);
  if (outcome === 'refused') return outcome;
  const cloned = restored(structuredClone(make()), sent);
  const arrived = outcome.value;
  deepStrictEqual(arrived, cloned);
  if (typeof arrived !== 'object' || arrived === null) return outcome;
  // Asked so, as a failing expectation would look at the value and run its getters.
  expect(arrived === sent).toBe(false);
  expect(Object.getPrototypeOf(arrived)).toBe(Object.getPrototypeOf(cloned));
  expect(Reflect.ownKeys(arrived)).toEqual(Reflect.ownKeys(cloned as object));
  if (ArrayBuffer.isView(arrived)) expectOwnMemory(arrived, cloned as ArrayBufferView);
  else {
    deepStrictEqual(
      Object.getOwnPropertyDescriptors(arrived),
      Object.getOwnPropertyDescriptors(cloned),
    );
  }
  return outcome;
}

/** A Buffer that is the whole value is a Buffer again on the other side; structured clone forgets that. */
function restored(cloned: unknown, sent: unknown): unknown {
  return Buffer.isBuffer(sent) ? Buffer.from(cloned as Uint8Array) : cloned;
}

function expectOwnMemory(view: ArrayBufferView, cloned: ArrayBufferView): void {
  expect(view.buffer).toBeInstanceOf(ArrayBuffer);
  expect(view.byteLength).toBe(view.buffer.byteLength);
  const isResizable = (buffer: object): boolean => (buffer as any).resizable === true;
  expect(isResizable(view.buffer)).toBe(isResizable(cloned.buffer));
}

/** An own property of the name that would otherwise set the prototype. */
function withOwn(name: string, value: unknown): object {
  return Object.defineProperty({ first: 1 }, name, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}

function properties(count: number): object {
  return Object.fromEntries(Array.from({ length: count }, (_, n) => [`p${n}`, n]));
}

/** An object whose JSON has so many bytes. */
function objectOfLength(length: number): object {
  return { text: 'x'.repeat(length - '{"text":""}'.length) };
}

describe('what is small crosses in a cell', () => {
  test.each([
    ['undefined', undefined, Inline.undefined],
    ['null', null, Inline.null],
    ['true', true, Inline.true],
    ['false', false, Inline.false],
    ['zero', 0, Inline.number],
    ['minus zero', -0, Inline.number],
    ['not a number', Number.NaN, Inline.number],
    ['infinity', -Infinity, Inline.number],
    ['the smallest number', 5e-324, Inline.number],
    ['the largest number', Number.MAX_VALUE, Inline.number],
    ['a fraction', 0.1, Inline.number],
    ['no text', '', Inline.string],
    ['text', 'a text', Inline.string],
    ['text with quotes and control characters', '"\\\0\n\u007f', Inline.string],
    ['text of 255 bytes', 'x'.repeat(255), Inline.string],
    ['text of 256 bytes', 'x'.repeat(256), Inline.string],
    ['an empty object', {}, Inline.object],
    ['a flat object', { n: 1, t: 'text', b: true, nothing: null }, Inline.object],
    ['an object without a prototype', Object.assign(Object.create(null), { n: 1 }), Inline.object],
    ['an object with 16 properties', properties(16), Inline.object],
    ['an object of 256 bytes', objectOfLength(256), Inline.object],
    ['numbers that JSON writes in full', { n: 1e21, m: 5e-324, x: 0.1 + 0.2 }, Inline.object],
    ['an own __proto__', withOwn('__proto__', 'text'), Inline.object],
    ['an own toJSON that is no function', { toJSON: 'text' }, Inline.object],
    [
      'an own toJSON that is hidden',
      Object.defineProperty({}, 'toJSON', { value: () => 'JSON' }),
      Inline.object,
    ],
    ['keys of Object.prototype', withOwn('constructor', 1), Inline.object],
    ['integer-like keys', { b: 1, 2: 'two', a: 2, 1: 'one', '-1': 0, '01': 0 }, Inline.object],
    ['an empty key', { '': 1 }, Inline.object],
    ['text that JSON escapes', { text: '"\\\0\n\u007f' }, Inline.object],
    ['a symbol as key, which no clone has', { a: 1, [Symbol('key')]: 2 }, Inline.object],
    [
      'a property that is not enumerable, which no clone has',
      Object.defineProperty({ a: 1 }, 'hidden', { value: 2 }),
      Inline.object,
    ],
    ['a frozen object', Object.freeze({ a: 1 }), Inline.object],
    ['no bytes', new Uint8Array(0), Inline.bytes],
    ['bytes', new Uint8Array([0, 127, 128, 255]), Inline.bytes],
    ['256 bytes', new Uint8Array(256).fill(7), Inline.bytes],
    ['no bytes of a Buffer', Buffer.alloc(0), Inline.buffer],
    ['a Buffer', Buffer.from([0, 127, 128, 255]), Inline.buffer],
    ['a Buffer of 256 bytes', Buffer.alloc(256, 7), Inline.buffer],
  ])('%s', (_, value, form) => {
    expect(expectLikeClone(() => value)).toMatchObject({ form });
  });

  test('a part of larger memory, without the rest', () => {
    const large = new Uint8Array(1000).map((_, index) => index);
    const outcome = cross(large.subarray(100, 104));
    expect(outcome).toEqual({ form: Inline.bytes, value: new Uint8Array([100, 101, 102, 103]) });
    const buffer = cross(Buffer.from(large.buffer, 200, 2));
    expect(buffer).toEqual({ form: Inline.buffer, value: Buffer.from([200, 201]) });
    for (const each of [outcome, buffer]) {
      const view = (each as { value: Uint8Array }).value;
      expectOwnMemory(view, view);
    }
  });

  test('each reading gives a value of its own', () => {
    for (const value of [{ a: 1 }, new Uint8Array([1]), Buffer.from([1])]) {
      const form = writer.write(1, value);
      const [first, second] = [reader.read(1, form), reader.read(1, form)] as [any, any];
      expect(first).toEqual(second);
      expect(first).not.toBe(second);
      first[0] = 'changed';
      expect(second).toEqual(value);
      expect(reader.read(1, form)).toEqual(value);
    }
  });

  test('nothing of the value before is left', () => {
    for (const value of [
      'x'.repeat(256),
      'xy',
      '',
      { a: 1 },
      {},
      Buffer.from('long'),
      Buffer.of(1),
    ]) {
      expectLikeClone(() => value);
    }
  });
});

describe('what does not fit, or would not come out the same, does not', () => {
  test.each([
    ['text of 257 bytes', 'x'.repeat(257)],
    ['long text', 'x'.repeat(100_000)],
    ['257 bytes', new Uint8Array(257)],
    ['a Buffer of 257 bytes', Buffer.alloc(257)],
    ['an object of 257 bytes', objectOfLength(257)],
    ['an object with 17 properties', properties(17)],
    ['an object whose JSON is longer than its text', { text: '\0'.repeat(100) }],
    ['a bigint', 1n],
    ['a symbol', Symbol('value')],
    ['a function', () => {}],
    ['an object with undefined', { a: undefined }],
    ['an object with a bigint', { a: 1n }],
    ['an object with a symbol', { a: Symbol('value') }],
    ['an object with a function', { a() {} }],
    ['an object with not a number', { a: Number.NaN }],
    ['an object with infinity', { a: Infinity }],
    ['an object with minus zero', { a: -0 }],
    ['an object with non-ASCII text', { a: 'ä' }],
    ['an object with a non-ASCII key', { ä: 'a' }],
    ['a nested object', { a: {} }],
    ['an object with an array', { a: [] }],
    ['an object with a date', { a: new Date(0) }],
    ['an object with a boxed number', { a: Object(1) }],
    ['an object that contains itself', circle()],
    ['an empty array', []],
    ['an array', [1, 2]],
    ['a sparse array', new Array(3)], // oxlint-disable-line unicorn/no-new-array
    ['an array of a subclass', new (class extends Array {})()],
    ['an own toJSON', { a: 1, toJSON: () => 'JSON' }],
    [
      'an instance of a class',
      new (class Point {
        x = 1;
      })(),
    ],
    ['an object with another object as prototype', Object.create({ inherited: 1 })],
    ['a proxy', new Proxy({ a: 1 }, {})],
    ['a proxy of bytes', new Proxy(new Uint8Array(4), {})],
    ['a date', new Date(0)],
    ['a map', new Map([[1, 2]])],
    ['a set', new Set([1])],
    ['an error', new RangeError('as a value')],
    ['a pattern', /a+/g],
    ['a boxed text', Object('text')],
    ['a promise', Promise.resolve(1)],
    ['shared memory', new SharedArrayBuffer(4)],
    ['a view on shared memory', new Uint8Array(new SharedArrayBuffer(4))],
    ['a Buffer on shared memory', Buffer.from(new SharedArrayBuffer(4))],
    ['plain memory', new ArrayBuffer(4)],
    ['bytes of a subclass', new (class extends Uint8Array {})(4)],
    ['clamped bytes', new Uint8ClampedArray(4)],
    ['signed bytes', new Int8Array(4)],
    ['floats', new Float64Array(4)],
    ['a DataView', new DataView(new ArrayBuffer(4))],
    ['an object of another realm', runInNewContext('({ a: 1 })')],
    ['bytes of another realm', runInNewContext('new Uint8Array(4)')],
  ])('%s', (_, value) => {
    expect(cross(value)).toBe('refused');
  });

  const lengths = [1, 2, 127, 128, 252, 253, 254, 255, 256];
  const characters = ['\u0080', 'é', '߿', '€', '\uffff', '😀', '\ud800', '\udfff'];
  test.each(rows(lengths))('text of %i characters with one that is not ASCII', (length) => {
    for (const character of characters) {
      if (character.length > length) continue;
      const ascii = 'x'.repeat(length - character.length);
      for (const text of [
        character + ascii,
        ascii + character,
        ascii.slice(1) + character + ascii.slice(0, 1),
        character.repeat(Math.floor(length / character.length)),
        character + ascii.slice(character.length) + character,
      ]) {
        expect({ text, outcome: cross(text) }).toEqual({ text, outcome: 'refused' });
      }
    }
  });

  test('an object of 256 characters with one that is not ASCII', () => {
    for (const character of characters.filter((each) => !/[\ud800-\udfff]$/.test(each))) {
      for (const spare of [0, 1, 2, 3]) {
        const { text } = objectOfLength(INLINE_BYTES - spare - character.length) as {
          text: string;
        };
        expect(cross({ text: character + text })).toBe('refused');
        expect(cross({ text: text + character })).toBe('refused');
      }
    }
  });

  test('an object that inherits toJSON from every object', () => {
    const prototype = Object.prototype as { toJSON?: unknown };
    prototype.toJSON = () => 'JSON';
    try {
      expect(cross({ a: 1 })).toMatchObject({ value: { a: 1 } });
    } finally {
      delete prototype.toJSON;
    }
  });

  test.each([
    ['a getter that throws', { get: () => thrown('trapped') }],
    ['a getter that throws nothing', { get: () => thrown(undefined) }],
  ])('%s', (_, descriptor) => {
    const value = Object.defineProperty({}, 'trap', { ...descriptor, enumerable: true });
    expect(cross(value)).toBe('refused');
    expect(() => structuredClone(value)).toThrow();
  });
});

describe('what is odd comes out as its clone does, or not at all', () => {
  const odd: Array<[string, () => unknown]> = [
    [
      'a getter',
      () => ({
        get a() {
          return 'got';
        },
      }),
    ],
    ['a getter that gives not a number when it is asked again', () => changing([1, Number.NaN])],
    ['a getter that gives minus zero when it is asked again', () => changing([1, -0])],
    ['a getter that gives undefined when it is asked again', () => changing([1, undefined])],
    [
      'a getter that gives an object when it is asked again',
      () => changing([1, new Map([[1, 2]])]),
    ],
    ['a getter that gives another text each time', () => changing(['first', 'second', 'third'])],
    ['a getter that throws when it is asked again', () => throwingLater()],
    ['a getter that adds a property', () => adding()],
    ['a getter that deletes a property', () => deleting()],
    ['arguments', () => someArguments()],
    ['a namespace of the language', () => Math],
    ['the environment', () => process.env],
    ['the groups of a match', () => /(?<first>a)(?<second>b)?/.exec('ab')?.groups],
    ['memory that can grow', () => new Uint8Array(growable(8))],
    ['a part of memory that can grow', () => new Uint8Array(growable(8), 0, 8)],
    ['memory that is gone', () => detached(new Uint8Array(8))],
    ['a Buffer whose memory is gone', () => detached(Buffer.from(new ArrayBuffer(8)))],
    ['bytes with a property of their own', () => Object.assign(new Uint8Array(2), { extra: 1 })],
  ];
  test.each(odd)('%s', (_, make) => {
    expectLikeClone(make);
  });

  test.each(rows<unknown>([1, Number.NaN, undefined, {}]))(
    'an object where every object inherits %s',
    (inherited) => {
      const prototype = Object.prototype as { inherited?: unknown };
      prototype.inherited = inherited;
      try {
        expectLikeClone(() => ({ a: 1 }));
      } finally {
        delete prototype.inherited;
      }
    },
  );
});

describe('whatever is written', () => {
  const nearTheLimit = fc
    .tuple(
      fc.constantFrom('a', '\0', '"', '\u007f', '\u0080', 'é', '€', '😀', '\ud800', '\udc00'),
      fc.integer({ min: 252, max: 258 }),
      fc.nat(260),
      fc.constantFrom('', 'é', '\ud83d'),
    )
    .map(([character, length, at, end]) => {
      const text = 'x'.repeat(Math.min(at, length)) + character;
      return text.padEnd(length - end.length, 'y') + end;
    });
  const text = fc.oneof(
    fc.string({ maxLength: 20 }),
    fc.string({ unit: 'binary', maxLength: 270 }),
    { weight: 3, arbitrary: nearTheLimit },
  );
  const primitive = fc.oneof(
    text,
    fc.double(),
    fc.integer(),
    fc.boolean(),
    fc.constantFrom(null, undefined, -0, Infinity),
  );
  const key = fc.oneof(
    { weight: 4, arbitrary: fc.string({ maxLength: 6 }) },
    { weight: 1, arbitrary: fc.constantFrom('__proto__', 'toJSON', 'constructor', '1', '01', 'é') },
    { weight: 1, arbitrary: fc.nat(99).map(String) },
  );
  const flatValue = fc.oneof(
    { weight: 20, arbitrary: fc.string({ maxLength: 12 }) },
    { weight: 20, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }) },
    { weight: 20, arbitrary: fc.constantFrom(null, true, false) },
    { weight: 1, arbitrary: primitive },
    { weight: 1, arbitrary: fc.constantFrom(1n, new Date(5), [], {}) },
  );
  const flat = fc
    .tuple(fc.array(fc.tuple(key, flatValue), { maxLength: 18 }), fc.boolean())
    .map(([entries, hasPrototype]) => {
      const object = hasPrototype ? {} : Object.create(null);
      for (const [name, value] of entries) {
        Object.defineProperty(object, name, {
          value,
          enumerable: true,
          configurable: true,
          writable: true,
        });
      }
      return object as object;
    });
  const bytes = fc
    .tuple(fc.uint8Array({ maxLength: 270 }), fc.nat(8), fc.boolean())
    .map(([whole, start, isBuffer]) => {
      const part = whole.subarray(Math.min(start, whole.length));
      return isBuffer ? Buffer.from(part.buffer, part.byteOffset, part.byteLength) : part;
    });
  const anything = fc.anything({
    withBigInt: true,
    withBoxedValues: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withNullPrototype: true,
    withSparseArray: true,
    withTypedArray: true,
    withUnicodeString: true,
  });

  test('is read as its clone, key by key, and is nobody else’s', () => {
    const forms = new Set<number>();
    fc.assert(
      fc.property(fc.oneof(primitive, flat, bytes, anything), (value) => {
        const outcome = expectLikeClone(() => value);
        forms.add(outcome === 'refused' ? Inline.none : outcome.form);
      }),
      { numRuns: 2000 },
    );
    expect([...forms].toSorted((a, b) => a - b)).toEqual(Object.values(Inline));
  });

  test('in many cells in any order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(4), fc.oneof(primitive, flat, bytes)), { maxLength: 40 }),
        (steps) => {
          const shared = new SharedArrayBuffer(InlineValues.byteLength(5));
          const [from, to] = [new InlineValues(shared, 0, 5), new InlineValues(shared, 0, 5)];
          const held = new Map<number, { form: number; value: unknown }>();
          for (const [cell, value] of steps) {
            const form = from.write(cell, value);
            if (form === Inline.none) held.delete(cell);
            else held.set(cell, { form, value });
            for (const [each, expected] of held) {
              const clone = restored(structuredClone(expected.value), expected.value);
              deepStrictEqual(to.read(each, expected.form), clone);
            }
          }
        },
      ),
    );
  });
});

test('a cell takes as much memory as it says', () => {
  expect(InlineValues.byteLength(1)).toBe(INLINE_BYTES + 24);
  expect(InlineValues.byteLength(100)).toBe(100 * InlineValues.byteLength(1));
  const tight = new SharedArrayBuffer(InlineValues.byteLength(2));
  const values = new InlineValues(tight, 0, 2);
  const form = values.write(1, 'x'.repeat(INLINE_BYTES));
  expect(values.read(1, form)).toBe('x'.repeat(INLINE_BYTES));
});

function circle(): object {
  const self: Record<string, unknown> = {};
  self['self'] = self;
  return self;
}

function thrown(error: unknown): never {
  throw error;
}

/** An object whose getter gives one of these after the other. */
function changing(given: readonly unknown[]): object {
  let asked = -1;
  return {
    get a() {
      asked += 1;
      return given[Math.min(asked, given.length - 1)];
    },
  };
}

function throwingLater(): object {
  let asked = 0;
  return {
    get a() {
      asked += 1;
      return asked === 1 ? 'first' : thrown(new RangeError('asked again'));
    },
  };
}

function adding(): object {
  return {
    get a() {
      (this as Record<string, unknown>)['added'] = new Date(5);
      return 1;
    },
    b: 2,
  };
}

function deleting(): object {
  return {
    get a() {
      delete (this as Record<string, unknown>)['b'];
      return 1;
    },
    b: 2,
  };
}

function someArguments(): object {
  return (
    function take(this: void) {
      // oxlint-disable-next-line prefer-rest-params
      return arguments;
    } as (...values: number[]) => object
  )(1, 2);
}

function growable(bytes: number): ArrayBuffer {
  const Growable = ArrayBuffer as new (bytes: number, options: object) => ArrayBuffer;
  return new Growable(bytes, { maxByteLength: 2 * bytes });
}

function detached<View extends Uint8Array>(view: View): View {
  structuredClone(view.buffer, { transfer: [view.buffer as ArrayBuffer] });
  return view;
}
