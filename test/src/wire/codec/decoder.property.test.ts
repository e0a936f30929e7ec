/**
 * Compares the codec with structured clone: whatever is encoded arrives as its clone, including identities and the
 * order of properties; what is plain and fits is encoded; what has no clone is not; getters run once.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Decoder } from '../../../../src/wire/codec/decoder.js';
import { Encoder } from '../../../../src/wire/codec/encoder.js';
import { repeats } from '../../../helpers/extent.js';

const BYTES = 4 * 1024 * 1024;
const memory = new SharedArrayBuffer(BYTES + 16);
/** Both sides of a link, not at the start of the memory. */
const encoder = new Encoder(Buffer.from(memory, 8, BYTES));
const decoder = new Decoder(Buffer.from(memory, 8, BYTES));

type Outcome = { readonly value: unknown } | { readonly error: unknown } | 'turned down';

function attempt(act: () => unknown): Exclude<Outcome, string> {
  try {
    return { value: act() };
  } catch (error) {
    return { error };
  }
}

function cross(value: unknown, start = 0, end = BYTES): Outcome {
  let after = -1;
  const failed = attempt(() => (after = encoder.encode(value, start, end)));
  if ('error' in failed) return failed;
  if (after === -1) return 'turned down';
  expect(after).toBeGreaterThan(start);
  expect(after).toBeLessThanOrEqual(end);
  return attempt(() => decoder.decode(start));
}

/** A recipe for a value, so that it can be made anew for each side. */
type Spec = { readonly make: (world: World) => unknown };

/** State while a value is made. */
interface World {
  /** Containers that later ones may refer to, and that getters may change. */
  readonly made: object[];
  /** Number of runs of each getter. */
  readonly runs: number[];
}

function make(spec: Spec): { value: unknown; runs: number[] } {
  const world: World = { made: [], runs: [] };
  return { value: spec.make(world), runs: world.runs };
}

const constant = (of: () => unknown): Spec => ({ make: of });

const text = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc
    .tuple(
      fc.constantFrom('a', 'é', 'ÿ', 'Ā', '日', '😀', '\ud800', '\0'),
      fc.nat(300),
      fc.nat(300),
    )
    .map(([character, before, behind]) => 'x'.repeat(before) + character + 'y'.repeat(behind)),
);
const primitive: fc.Arbitrary<Spec> = fc
  .oneof(
    text,
    fc.integer(),
    fc.integer({ min: -300, max: 300 }),
    fc.double(),
    fc.boolean(),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.constantFrom(null, undefined, -0, Number.NaN, 2 ** 31, -(2 ** 31), 2 ** 31 - 1),
  )
  .map((value) => constant(() => value));
const key = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('a', 'b', 'c', 'id', 'name', 'ä', '日本') },
  { weight: 2, arbitrary: text },
  {
    weight: 2,
    arbitrary: fc.constantFrom('__proto__', 'constructor', 'toString', 'toJSON', 'get'),
  },
  { weight: 1, arbitrary: fc.constantFrom('0', '7', '12', '01', '-1', '4294967295', '') },
);

const VIEWS = [
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
] as const;
const wholeView: fc.Arbitrary<Spec> = fc
  .tuple(fc.constantFrom(...VIEWS), fc.uint8Array({ maxLength: 5 }))
  .map(([View, bytes]) =>
    constant(() => {
      const view = new View(bytes.length);
      new Uint8Array(view.buffer).fill(bytes[0] ?? 0);
      return view;
    }),
  );

interface Property {
  readonly key: string;
  readonly value: Spec;
  /** Effect of a getter besides its value; undefined for data. */
  readonly getter: Effect | undefined;
}
type Effect = (world: World, key: string) => void;

function define(owner: object, { key: name, value, getter }: Property, world: World): void {
  const flags = { enumerable: true, configurable: true };
  const held = value.make(world);
  if (getter === undefined) {
    Object.defineProperty(owner, name, { ...flags, value: held, writable: true });
    return;
  }
  const at = world.runs.push(0) - 1;
  const get = (): unknown => {
    world.runs[at] = (world.runs[at] as number) + 1;
    getter(world, name);
    return held;
  };
  Object.defineProperty(owner, name, { ...flags, get });
}

function objectOf(properties: readonly Property[], hasPrototype: boolean): Spec {
  return {
    make: (world) => {
      const object: object = hasPrototype ? {} : Object.create(null);
      world.made.push(object);
      for (const property of properties) define(object, property, world);
      return object;
    },
  };
}

function arrayOf(members: readonly Spec[]): Spec {
  return {
    make: (world) => {
      const array: unknown[] = [];
      world.made.push(array);
      for (const member of members) array.push(member.make(world));
      return array;
    },
  };
}

function containers(leaf: fc.Arbitrary<Spec>, getter: fc.Arbitrary<Effect | undefined>) {
  return fc.letrec<{ any: Spec; container: Spec }>((tie) => {
    const property = fc.record({ key, value: tie('any'), getter });
    return {
      any: fc.oneof({ maxDepth: 4, depthSize: 'large' }, leaf, tie('container')),
      container: fc.oneof(
        fc
          .tuple(
            fc.uniqueArray(property, { selector: (each) => each.key, maxLength: 6 }),
            fc.boolean(),
          )
          .map(([properties, hasPrototype]) => objectOf(properties, hasPrototype)),
        fc.array(tie('any'), { maxLength: 6 }).map(arrayOf),
        // Rows that share their keys.
        fc
          .tuple(
            fc.uniqueArray(key, { maxLength: 4 }),
            fc.array(fc.array(tie('any'), { minLength: 4, maxLength: 4 }), { maxLength: 4 }),
          )
          .map(([keys, table]) =>
            arrayOf(
              table.map((row) =>
                objectOf(
                  keys.map((name, at) => ({
                    key: name,
                    value: row[at] as Spec,
                    getter: undefined,
                  })),
                  true,
                ),
              ),
            ),
          ),
      ),
    };
  });
}

const DATA = fc.constant(undefined);
const plain = containers(fc.oneof({ weight: 8, arbitrary: primitive }, wholeView), DATA);

test('what is plain and fits arrives as its clone', () => {
  fc.assert(
    fc.property(fc.oneof(plain.any, plain.container), fc.nat(9), (spec, start) => {
      const { value } = make(spec);
      const outcome = cross(value, start);
      expect(outcome).toHaveProperty('value');
      const arrived = (outcome as { value: unknown }).value;
      expect(difference(arrived, structuredClone(value))).toBe('');
    }),
    { numRuns: repeats(1500, 20_000) },
  );
});

test('nothing is written beyond the end, wherever that is', () => {
  fc.assert(
    fc.property(plain.container, fc.nat(400), (spec, length) => {
      const { value } = make(spec);
      const after = new Uint8Array(memory, 8 + length, 1000).fill(0xa5);
      const outcome = cross(value, 0, length);
      expect(after.every((byte) => byte === 0xa5)).toBe(true);
      if (outcome === 'turned down') return;
      expect(difference((outcome as { value: unknown }).value, structuredClone(value))).toBe('');
    }),
    { numRuns: repeats(500, 5000) },
  );
});

/** Values that are not plain, or not plain in their place. Some can be cloned, others can't. */
const ODD: ReadonlyArray<(world: World) => unknown> = [
  () => new Date(5),
  () => new Map([[1, { a: 2 }]]),
  () => new Set([1]),
  () => /a/g,
  () => new RangeError('odd'),
  () => Object(1),
  () => Object('text'),
  () => Object(Symbol('odd')),
  () => Symbol('odd'),
  () => (): void => {},
  () => Promise.resolve(1),
  () => new WeakMap(),
  () => new WeakRef({}),
  () => new Intl.NumberFormat(),
  () => [1, 2].values(),
  () => new Map().keys(),
  () => (function* numbers() {})(),
  () => new Proxy({}, {}),
  () => new Proxy([], {}),
  () =>
    new (class Point {
      x = 1;
    })(), // oxlint-disable-line typescript/no-extraneous-class
  () => new (class List extends Array {})(),
  () => [, 1], // oxlint-disable-line no-sparse-arrays
  () => new Array(3), // oxlint-disable-line unicorn/no-new-array
  () => Object.assign([1, 2], { extra: 1 }),
  () => Object.assign([, 2], { extra: 1 }), // oxlint-disable-line no-sparse-arrays
  () => new ArrayBuffer(4),
  () => new SharedArrayBuffer(4),
  () => new DataView(new ArrayBuffer(4)),
  () => new Uint8Array(new ArrayBuffer(8), 2, 2),
  () => Buffer.from('pooled'),
  () => Buffer.from(new ArrayBuffer(3)),
  () => new Uint8Array(new SharedArrayBuffer(4)),
  () => Object.create({ inherited: 1 }),
  () => Object.freeze({ a: 1 }),
  () => Object.defineProperty({ a: 1 }, 'hidden', { value: 2 }),
  () => ({ a: 1, [Symbol('key')]: 2 }),
  () => 2n ** 64n,
  () => JSON,
  () => {
    const memoryOfTwo = new ArrayBuffer(2);
    return [new Uint8Array(memoryOfTwo), new Uint8Array(memoryOfTwo)];
  },
  () => {
    const view = new Uint8Array(2);
    return [view, view];
  },
  () => {
    const view = new Uint8Array(2);
    structuredClone(view.buffer, { transfer: [view.buffer] });
    return view;
  },
  // A container that was made before: a cycle, or the same object twice.
  ({ made }) => made.at(-1),
  ({ made }) => made[0],
];
/** The same kinds with the prototype of plain objects, or none. */
const disguised = fc
  .tuple(fc.constantFrom(...ODD), fc.constantFrom(Object.prototype, null), fc.nat(5))
  .map(([odd, prototype, how]): Spec => ({
    make: () => {
      const value = odd({ made: [], runs: [] });
      if (typeof value !== 'object' || value === null || !Object.isExtensible(value)) return value;
      Object.setPrototypeOf(value, prototype);
      if (how > 3) Object.defineProperty(value, Symbol.toStringTag, { value: 'Object' });
      return value;
    },
  }));
const odd = fc.constantFrom(...ODD).map((of): Spec => ({ make: of }));
const anything = containers(
  fc.oneof(
    { weight: 6, arbitrary: primitive },
    { weight: 2, arbitrary: odd },
    disguised,
    wholeView,
  ),
  DATA,
);

test('what is odd arrives as its clone, or not at all', () => {
  let count = 0;
  fc.assert(
    fc.property(fc.oneof(anything.any, anything.container), (spec) => {
      const { value } = make(spec);
      const outcome = cross(value);
      if (outcome === 'turned down') return;
      count += 1;
      expect(outcome).toHaveProperty('value');
      const clone = restored(structuredClone(value), value);
      expect(difference((outcome as { value: unknown }).value, clone)).toBe('');
    }),
    { numRuns: repeats(2000, 20_000) },
  );
  expect(count).toBeGreaterThan(100);
});

/** A Buffer that is the whole value stays a Buffer, and a view leaves the rest of its memory behind. */
function restored(clone: unknown, sent: unknown): unknown {
  if (!ArrayBuffer.isView(sent)) return clone;
  const { buffer, byteOffset, byteLength } = clone as Uint8Array;
  const own = buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
  if (Buffer.isBuffer(sent)) return Buffer.from(own);
  return new (clone as object as { constructor: typeof Uint8Array }).constructor(own);
}

/** Changes that getters make to what is being read. */
const effect: fc.Arbitrary<Effect | undefined> = fc.oneof(
  { weight: 6, arbitrary: fc.constant(undefined) },
  { weight: 2, arbitrary: fc.constant(() => {}) },
  fc.tuple(fc.nat(5), fc.nat(9), key).map(([which, how, name]): Effect => (world, own) => {
    const target = world.made[which % world.made.length] as Record<string, unknown>;
    const flags = { configurable: true, writable: true };
    // Whether structured clone takes a name that is added to an array depends on what no program can see, and an array
    // with another prototype is posted as it is, with everything that it refers to.
    if (Array.isArray(target) && how > 1 && how < 6) return;
    if (how === 0) delete target[name];
    else if (how === 1) delete target[own];
    else if (how === 2)
      Object.defineProperty(target, name, { ...flags, value: 'hidden', enumerable: false });
    else if (how === 3)
      Object.defineProperty(target, name, { ...flags, value: 'given', enumerable: true });
    else if (how === 4)
      Object.defineProperty(target, 'extra', { ...flags, value: 1, enumerable: true });
    else if (how === 5) Object.setPrototypeOf(target, null);
    else if (Array.isArray(target)) {
      if (how === 6) target.length = Math.min(target.length, 1);
      else if (how === 7) target[target.length] = 'pushed';
      else if (how === 8) delete target[1];
      else target[0] = 'set';
    }
  }),
);
const live = containers(
  fc.oneof(
    { weight: 6, arbitrary: primitive },
    fc.constantFrom(
      constant(() => new Date(5)),
      constant(() => [, 1]), // oxlint-disable-line no-sparse-arrays
    ),
    fc.constant<Spec>({ make: ({ made }) => made[0] }),
  ),
  effect,
);

test('getters run once, whatever they do, and their values arrive as in a clone', () => {
  let [crossed, posted] = [0, 0];
  fc.assert(
    fc.property(live.container, (spec) => {
      const [sent, cloned] = [make(spec), make(spec)];
      const clone = structuredClone(cloned.value);
      const outcome = cross(sent.value);
      const isPosted = outcome === 'turned down';
      if (isPosted) posted += 1;
      else crossed += 1;
      const arrived = isPosted
        ? structuredClone(encoder.takeSubstitute(sent.value))
        : (outcome as { value: unknown }).value;
      expect(sent.runs).toEqual(cloned.runs);
      expect(difference(arrived, clone)).toBe('');
    }),
    { numRuns: repeats(2000, 20_000) },
  );
  expect(crossed).toBeGreaterThan(100);
  expect(posted).toBeGreaterThan(100);
});

/** The path at which two values differ in anything that a program can see; empty if they don't. */
function difference(
  some: unknown,
  other: unknown,
  path = 'value',
  pairs: Map<object, object> = new Map(),
): string {
  if (typeof some !== 'object' || some === null || typeof other !== 'object' || other === null) {
    return Object.is(some, other) ? '' : `${path}: ${String(some)}, not ${String(other)}`;
  }
  if (pairs.has(some) || pairs.has(other)) {
    return pairs.get(some) === other && pairs.get(other) === some ? '' : `${path}: its identity`;
  }
  pairs.set(some, other).set(other, some);
  if (Object.getPrototypeOf(some) !== Object.getPrototypeOf(other)) return `${path}: its prototype`;
  if (some instanceof Date) return difference(some.getTime(), (other as Date).getTime(), path);
  if (some instanceof ArrayBuffer) {
    return Buffer.from(some).equals(Buffer.from(other as ArrayBuffer)) ? '' : `${path}: its bytes`;
  }
  if (ArrayBuffer.isView(some)) {
    const [a, b] = [some, other as ArrayBufferView];
    const isSame = a.byteOffset === b.byteOffset && a.byteLength === b.byteLength;
    return isSame ? difference(a.buffer, b.buffer, `${path}.buffer`, pairs) : `${path}: its part`;
  }
  const names = Reflect.ownKeys(some);
  const others = Reflect.ownKeys(other);
  if (names.length !== others.length || names.some((name, at) => name !== others[at])) {
    return `${path}: its properties ${names.map(String).join()}, not ${others.map(String).join()}`;
  }
  for (const name of names) {
    const a = Object.getOwnPropertyDescriptor(some, name) as PropertyDescriptor;
    const b = Object.getOwnPropertyDescriptor(other, name) as PropertyDescriptor;
    const at = `${path}.${String(name)}`;
    if (
      ['writable', 'enumerable', 'configurable'].some(
        (flag) => Reflect.get(a, flag) !== Reflect.get(b, flag),
      )
    ) {
      return `${at}: its attributes`;
    }
    const found = difference(a.value, b.value, at, pairs);
    if (found !== '') return found;
  }
  return '';
}
