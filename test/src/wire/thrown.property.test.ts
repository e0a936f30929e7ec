/**
 * Checks that whatever is thrown, however nested, encoding never throws, its output can be cloned both ways, and every
 * value that can be cloned arrives, unless it is part of one that can't.
 */
import { deserialize } from 'node:v8';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Omissions } from '../../../src/wire/omissions.js';
import {
  decodeThrown,
  encodeThrown,
  type EncodedError,
  serializeThrown,
} from '../../../src/wire/thrown.js';
import { repeats } from '../../helpers/extent.js';

/** The structure of a value. */
type Spec =
  | { readonly is: 'leaf'; readonly value: unknown }
  | { readonly is: 'lost'; readonly how: Lost }
  | { readonly is: 'error'; readonly Class: keyof typeof CLASSES; readonly fields: Fields }
  | { readonly is: 'object'; readonly fields: Fields }
  | { readonly is: 'array' | 'set'; readonly members: readonly Spec[] }
  | { readonly is: 'map'; readonly pairs: ReadonlyArray<readonly [key: Spec, value: Spec]> };
type Fields = Readonly<Record<string, Spec>>;
type Lost = keyof typeof LOST;

const CLASSES = {
  Error: () => new Error('thrown'),
  RangeError: () => new RangeError('thrown'),
  AggregateError: () => new AggregateError([], 'thrown'),
  DOMException: () => new DOMException('thrown', 'AbortError'),
};

const refuse = (): never => {
  throw new Error('no');
};
const TRAPS = ['get', 'has', 'ownKeys', 'getPrototypeOf', 'getOwnPropertyDescriptor'];
const hostile = Object.fromEntries(TRAPS.map((trap) => [trap, refuse]));
class Socket {
  readonly on = (): void => {};
}

/** Makes values that can't be cloned. As a field, a `trap` is a getter that throws. */
const LOST = {
  trap: () => () => refuse(),
  symbol: () => Symbol('lost'),
  promise: () => Promise.resolve(),
  'weak map': () => new WeakMap(),
  instance: () => new Socket(),
  'hostile proxy': () => new Proxy({}, hostile),
  'hostile error': () => new Proxy(new Error('lost'), hostile),
  'revoked proxy': () => {
    const { proxy, revoke } = Proxy.revocable([], {});
    revoke();
    return proxy;
  },
};

const leaf = fc.record({
  is: fc.constant('leaf' as const),
  value: fc.oneof(
    fc.integer(),
    fc.double(),
    fc.bigInt(),
    fc.string(),
    fc.boolean(),
    fc.constantFrom(null, undefined),
    fc.date({ noInvalidDate: true }),
    fc.uint8Array({ maxLength: 4 }),
    fc.object({ maxDepth: 2, maxKeys: 3, withMap: true, withSet: true, withDate: true }),
  ),
});
const lost = fc.record({
  is: fc.constant('lost' as const),
  how: fc.constantFrom(...(Object.keys(LOST) as Lost[])),
});
const key = fc.constantFrom('code', 'details', 'a b', '__proto__', 'constructor', '7', 'then');
const { anything, container } = fc.letrec<{
  anything: Spec;
  container: Spec;
  fields: Fields;
}>((tie) => {
  const inner = tie('anything') as fc.Arbitrary<Spec>;
  const fields = tie('fields') as fc.Arbitrary<Fields>;
  const members = fc.array(inner, { maxLength: 4 });
  const error = fc.record({
    is: fc.constant('error' as const),
    Class: fc.constantFrom(...(Object.keys(CLASSES) as Array<keyof typeof CLASSES>)),
    fields: fc
      .tuple(fields, fc.option(inner), fc.option(members))
      .map(([given, cause, errors]): Fields => {
        const more: Fields = {
          ...(cause && { cause }),
          ...(errors && { errors: { is: 'array', members: errors } }),
        };
        return Object.assign(given, more);
      }),
  });
  const holder = fc.oneof(
    error,
    fc.record({ is: fc.constant('object' as const), fields }),
    fc.record({ is: fc.constantFrom('array' as const, 'set' as const), members }),
    fc.record({
      is: fc.constant('map' as const),
      pairs: fc.array(fc.tuple(inner, inner), { maxLength: 3 }),
    }),
  );
  return {
    fields: fc.dictionary(key, inner, { maxKeys: 3 }),
    container: holder,
    anything: fc.oneof({ maxDepth: 5, depthSize: 'large' }, leaf, lost, tie('container')),
  };
});

function make(spec: Spec): unknown {
  switch (spec.is) {
    case 'leaf':
      return spec.value;
    case 'lost':
      return LOST[spec.how]();
    case 'error':
      return withFields(CLASSES[spec.Class](), spec.fields);
    case 'object':
      return withFields({}, spec.fields);
    case 'array':
      return spec.members.map(make);
    case 'set':
      return new Set(spec.members.map(distinct).map(make));
    case 'map':
      return new Map(spec.pairs.map(([at, value]) => [make(distinct(at)), make(value)]));
  }
}

function withFields(owner: object, fields: Fields): object {
  for (const [name, field] of Object.entries(fields)) {
    const isTrap = field.is === 'lost' && field.how === 'trap';
    const property = isTrap ? { get: refuse } : { value: make(field), writable: true };
    Object.defineProperty(owner, name, { ...property, enumerable: true, configurable: true });
  }
  return owner;
}

/** Makes members distinct: equal values would be one member of a Set, and one key of a Map. */
function distinct(spec: Spec): Spec {
  return spec.is === 'leaf' ? { is: 'object', fields: { distinct: spec } } : spec;
}

/** Stands for a value that does not arrive. */
const NOTHING = Symbol('nothing');

/** The part of a value that must arrive, in a comparable form; omissions are noted. */
function arrival(spec: Spec, omissions: Omissions): unknown {
  switch (spec.is) {
    case 'leaf':
      return shapeOf(spec.value);
    case 'lost':
      omissions.omit();
      return NOTHING;
    case 'error': {
      const own = new Omissions();
      const fields = arrivalOf(spec.fields, own);
      if (spec.Class === 'AggregateError') fields['errors'] ??= [];
      if (own.paths.length > 0) fields['notCloned'] = own.paths.toSorted();
      return [spec.Class, 'thrown', fields];
    }
    case 'object':
      return arrivalOf(spec.fields, omissions);
    case 'array':
      return spec.members.map((member, at) => omissions.at(at, () => arrival(member, omissions)));
    case 'set':
      return [
        'Set',
        spec.members
          .map((member, at) => omissions.at(at, () => arrival(distinct(member), omissions)))
          .filter((member) => member !== NOTHING),
      ];
    case 'map':
      return [
        'Map',
        spec.pairs
          .map(([name, value], at) =>
            omissions.at(at, () => {
              const first = arrival(distinct(name), omissions);
              return first === NOTHING ? [first] : [first, arrival(value, omissions)];
            }),
          )
          .filter((pair) => !pair.includes(NOTHING)),
      ];
  }
}

function arrivalOf(fields: Fields, omissions: Omissions): Record<string, unknown> {
  const entries = Object.entries(fields).map(([name, field]) => [
    name,
    omissions.at(name, () => arrival(field, omissions)),
  ]);
  return Object.fromEntries(entries.filter(([, value]) => value !== NOTHING));
}

/** Sorts the paths in `notCloned`, as an AggregateError has its `errors` before all other fields. */
function fieldOf(error: Error, name: string): unknown {
  const value = (error as unknown as Record<string, unknown>)[name];
  return name === 'notCloned' ? (value as string[]).toSorted() : value;
}

/** Any value in the same comparable form. */
function shapeOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Error) {
    const names = Object.getOwnPropertyNames(value).filter(
      (name) => name !== 'stack' && name !== 'message',
    );
    const fields = names.map((name) => [name, shapeOf(fieldOf(value, name))]);
    return [
      Object.getPrototypeOf(value).constructor.name,
      value.message,
      Object.fromEntries(fields),
    ];
  }
  if (Array.isArray(value)) {
    return Array.from(value, (member, at) => (at in value ? shapeOf(member) : NOTHING));
  }
  if (value instanceof Map) return ['Map', [...value].map((pair) => pair.map(shapeOf))];
  if (value instanceof Set) return ['Set', [...value].map(shapeOf)];
  if (value instanceof Date || ArrayBuffer.isView(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, held]) => [name, shapeOf(held)]));
}

/** Both ways of cloning. */
const WAYS = {
  'a port': (thrown: unknown) => structuredClone(encodeThrown(thrown)),
  bytes: (thrown: unknown) => deserialize(serializeThrown(thrown)) as EncodedError,
};

test.each(Object.entries(WAYS))(
  'all that can be cloned arrives, and the rest is named: by %s',
  (_, cross) => {
    fc.assert(
      fc.property(container, (spec) => {
        const omissions = new Omissions();
        const expected = arrival(spec, omissions);
        const arrived = decodeThrown(cross(make(spec))) as object & { notCloned?: unknown };
        if (spec.is !== 'error') {
          expect(arrived.notCloned ?? []).toEqual(omissions.paths);
          Reflect.deleteProperty(arrived, 'notCloned');
        }
        expect(shapeOf(arrived)).toEqual(expected);
      }),
      { numRuns: repeats(500, 5000) },
    );
  },
);

test.each(Object.entries(WAYS))(
  'a value alone arrives, or an error that names it: by %s',
  (_, cross) => {
    fc.assert(
      fc.property(anything, (spec) => {
        const arrived = decodeThrown(cross(make(spec)));
        if (spec.is === 'leaf') expect(arrived).toEqual(spec.value);
        else if (spec.is === 'lost') expect(arrived).toBeInstanceOf(Error);
        else expect(arrived).toBeTypeOf('object');
      }),
    );
  },
);
