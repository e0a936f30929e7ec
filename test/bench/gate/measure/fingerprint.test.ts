import { isDeepStrictEqual } from 'node:util';
import { serialize } from 'node:v8';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fingerprint } from '../../../../bench/gate/measure/fingerprint.js';
import { repeats } from '../../../helpers/extent.js';

const EVERYTHING: fc.ObjectConstraints = {
  withBigInt: true,
  withBoxedValues: true,
  withMap: true,
  withSet: true,
  withNullPrototype: true,
  withObjectString: true,
  withSparseArray: true,
  withTypedArray: true,
  stringUnit: 'binary',
};

/** So few values that two are equal now and then. */
const FEW = fc.oneof(
  fc.constantFrom(0, -0, 1, NaN, 1n, -1n, '', '0', '1', 'NaN', true, false, null, undefined),
  fc.constantFrom(0, 1).map((time) => new Date(time)),
  fc.constantFrom(/a/, /a/g, /b/),
  fc.constantFrom(0, -0, '', '1', true).map(Object),
);

function few(maxDepth: number): fc.Arbitrary<unknown> {
  return fc.anything({
    ...EVERYTHING,
    withBoxedValues: false,
    withTypedArray: false,
    maxDepth,
    maxKeys: 2,
    key: fc.constantFrom('a', 'b', '0'),
    values: [FEW],
  });
}

/** The same value with its order of insertion reversed. */
function reordered(value: unknown): unknown {
  if (value instanceof Set) return new Set([...value].toReversed().map(reordered));
  if (value instanceof Map) {
    return new Map([...value].toReversed().map(([key, of]) => [reordered(key), reordered(of)]));
  }
  const isPlain = Object.prototype.toString.call(value) === '[object Object]';
  if (!isPlain) return structuredClone(value);
  const entries = Object.entries(value as object).toReversed();
  return Object.fromEntries(entries.map(([key, of]) => [key, reordered(of)]));
}

describe('equal values have equal fingerprints, others have not', () => {
  test('a clone of anything', () => {
    fc.assert(
      fc.property(fc.anything({ ...EVERYTHING, withDate: true }), (value) => {
        expect(fingerprint(value)).toMatch(/^[0-9a-f]{64}$/);
        expect(fingerprint(structuredClone(value))).toBe(fingerprint(value));
      }),
      { numRuns: repeats(200, 500) },
    );
  });

  test('the same, filled in another order', () => {
    fc.assert(
      fc.property(fc.anything(EVERYTHING), (value) => {
        expect(fingerprint(reordered(value))).toBe(fingerprint(value));
      }),
      { numRuns: 300 },
    );
  });

  test.each([0, 1, 2])('just as isDeepStrictEqual has it, %i levels deep', (depth) => {
    fc.assert(
      fc.property(few(depth), few(depth), (one, other) => {
        const areEqual = isDeepStrictEqual(structuredClone(one), structuredClone(other));
        expect(fingerprint(one) === fingerprint(other)).toBe(areEqual);
      }),
      { numRuns: repeats(500, 2000) },
    );
  });

  test('typed arrays of any kind', () => {
    const bytes = fc.uint8Array({ minLength: 8, maxLength: 8, max: 1 });
    const kinds: ReadonlyArray<new (of: ArrayBuffer) => unknown> = [
      Uint8Array,
      Int8Array,
      Float32Array,
      Float64Array,
      BigInt64Array,
      DataView,
    ];
    const view = fc
      .tuple(fc.constantFrom(...kinds), bytes)
      .map(([Kind, of]) => new Kind(Uint8Array.from(of).buffer));
    fc.assert(
      fc.property(view, view, (one, other) => {
        expect(fingerprint(one) === fingerprint(other)).toBe(isDeepStrictEqual(one, other));
      }),
      { numRuns: repeats(200, 500) },
    );
  });
});

describe('what differs in one thing', () => {
  const sparse: unknown[] = [];
  sparse[1] = 1;
  test.each<[string, unknown, unknown]>([
    ['the sign of zero', 0, -0],
    ['the type', 1, '1'],
    ['a number and a bigint', 1, 1n],
    ['null', null, undefined],
    ['a property that is undefined', {}, { a: undefined }],
    ['a hole', sparse, [undefined, 1]],
    ['the length of an empty array', Array.from({ length: 0 }), Array(1)],
    ['where one text ends', ['ab', 'c'], ['a', 'bc']],
    ['where one array ends', [[1], 2], [[1, 2]]],
    ['an array and an object', [1], { 0: 1 }],
    ['a name of an array', [1], Object.assign([1], { index: 0 })],
    ['a map and a set', new Map([[1, 2]]), new Set([[1, 2]])],
    ['whose value it is', new Map([[1, 2]]).set(3, 4), new Map([[1, 4]]).set(3, 2)],
    ['how often an element is there', new Set([{}, {}]), new Set([{}])],
    ['a primitive and its object', 1, Object(1)],
    ['a lone surrogate', '\ud800', '\ud801'],
    ['the flags', /a/g, /a/i],
    ['the time', new Date(0), new Date(1)],
    ['the kind of a view', new Uint8Array(2), new Uint16Array(1)],
    ['a buffer and its view', new ArrayBuffer(2), new Uint8Array(2)],
    ['a byte', Uint8Array.of(1, 2).buffer, Uint8Array.of(1, 3).buffer],
    ['the message', new Error('a'), new Error('b')],
    ['the name', new Error('a'), new TypeError('a')],
    ['the code', new Error('a'), Object.assign(new Error('a'), { code: 'E' })],
    ['the cause', new Error('a', { cause: 1 }), new Error('a', { cause: 2 })],
    ['whether there is a cause', new Error('a'), new Error('a', { cause: undefined })],
  ])('%s', (_, one, other) => {
    expect(fingerprint(one)).not.toBe(fingerprint(other));
    expect(fingerprint([one])).not.toBe(fingerprint([other]));
  });
});

describe('what is equal though it is kept or was made differently', () => {
  const shared = { a: 1 };
  const bytes = Uint8Array.of(9, 1, 2, 9);
  test.each<[string, unknown, unknown]>([
    [
      'a NaN of other bits',
      NaN,
      new Float64Array(Uint8Array.of(1, 0, 0, 0, 0, 0, 0xf8, 0xff).buffer)[0],
    ],
    ['a part of a buffer', bytes.subarray(1, 3), Uint8Array.of(1, 2)],
    ['a Buffer, which is cloned as a Uint8Array', Buffer.from([1, 2]), Uint8Array.of(1, 2)],
    ['one object twice', [shared, shared], [{ a: 1 }, { a: 1 }]],
    ['invalid dates', new Date(NaN), new Date('never')],
    ['an error from elsewhere', new Error('a'), Object.assign(new Error('a'), { stack: 'there' })],
    ['an array of nothing, 2³² long', Array(2 ** 32 - 1), Array(2 ** 32 - 1)],
  ])('%s', (_, one, other) => {
    expect(fingerprint(one)).toBe(fingerprint(other));
  });

  test('texts: repeated, joined, cut out of one with wide characters', () => {
    const plain = 'abc'.repeat(20);
    const cut = `日本${plain}`.slice(2);
    // This is why bytes of node:v8 can't be compared.
    expect(serialize(cut).equals(serialize(Buffer.from(plain).toString('latin1')))).toBe(false);
    const joined = Array.from({ length: 20 }, () => 'abc').join('');
    const texts = [plain, cut, joined, Buffer.from(plain).toString(), JSON.parse(`"${plain}"`)];
    expect(new Set(texts.map(fingerprint)).size).toBe(1);
    const keyed = texts.map((text: string) => fingerprint({ [text]: new Set([text]) }));
    expect(new Set(keyed).size).toBe(1);
  });
});

describe('an object within itself', () => {
  interface Node {
    readonly name: string;
    next?: Node;
    readonly others: Set<Node>;
  }

  function ring(...names: string[]): Node[] {
    const nodes = names.map((name): Node => ({ name, others: new Set() }));
    for (const [at, node] of nodes.entries()) {
      node.next = nodes[(at + 1) % nodes.length] as Node;
      node.others.add(nodes.at(at - 1) as Node);
    }
    return nodes;
  }

  test('the same ring, entered at the same place, wherever it is', () => {
    const [one] = ring('a', 'b', 'c') as [Node];
    const [other] = ring('a', 'b', 'c') as [Node];
    expect(isDeepStrictEqual(one, other)).toBe(true);
    expect(fingerprint(one)).toBe(fingerprint(other));
    expect(fingerprint([one, [one]])).toBe(fingerprint([one, [other]]));
    expect(fingerprint(new Set([one, { one }]))).toBe(
      fingerprint(new Set([{ one: other }, other])),
    );
    expect(fingerprint(structuredClone(one))).toBe(fingerprint(one));
  });

  test('another place, another name, another way back', () => {
    const [first, second] = ring('a', 'b', 'c') as [Node, Node];
    const prints = [first, second, ring('a', 'b', 'd')[0], ring('a', 'b')[0], ring('a')[0]];
    const way = ring('a', 'b', 'c') as [Node, Node, Node];
    way[2].next = way[1];
    expect(new Set([...prints, way[0]].map(fingerprint)).size).toBe(6);
  });

  describe('in any graph', () => {
    /** Nodes are arrays: a mark, then the nodes that they point to. */
    const graph = fc
      .array(fc.tuple(fc.boolean(), fc.array(fc.nat(), { maxLength: 2 })), {
        minLength: 1,
        maxLength: 4,
      })
      .map((rows) => {
        const nodes: unknown[][] = rows.map(([mark]) => [mark]);
        for (const [at, [, edges]] of rows.entries()) {
          nodes[at]?.push(...edges.map((edge) => nodes[edge % nodes.length]));
        }
        return nodes;
      });

    test('it makes no difference whether a node was met before', () => {
      fc.assert(
        fc.property(graph, (nodes) => {
          const copies = nodes.map((node) => structuredClone(node));
          expect(fingerprint(copies)).toBe(fingerprint(nodes));
        }),
        { numRuns: repeats(200, 500) },
      );
    });

    test('what isDeepStrictEqual calls different is different', () => {
      fc.assert(
        fc.property(graph, graph, ([one], [other]) => {
          if (fingerprint(one) === fingerprint(other)) {
            expect(isDeepStrictEqual(one, other)).toBe(true);
          }
        }),
        { numRuns: repeats(300, 1000) },
      );
    });
  });

  test('where too many ways lead through it, there is no answer', () => {
    const nodes: unknown[][] = Array.from({ length: 30 }, () => []);
    for (const node of nodes) node.push(...nodes);
    expect(fingerprint(nodes)).toBeUndefined();
  });
});

describe('large results', () => {
  // Recursion would overflow the stack at a depth of some 10,000.
  const DEPTH = repeats(30_000, 100_000);

  test(`nested ${DEPTH} deep, in arrays, objects, maps and sets`, () => {
    const wrap: ReadonlyArray<(inner: unknown) => unknown> = [
      (inner) => [inner],
      (inner) => ({ inner }),
      (inner) => new Map([[inner, 1]]),
      (inner) => new Set([inner]),
    ];
    const nested = (innermost: unknown): unknown => {
      let value = innermost;
      for (let depth = 0; depth < DEPTH; depth += 1) value = wrap[depth % 4]?.(value);
      return value;
    };
    const expected = fingerprint(nested(1));
    expect(fingerprint(nested(1))).toBe(expected);
    expect(fingerprint(nested(2))).not.toBe(expected);
  });

  test('parts that are shared are looked at once: 2¹⁰⁰⁰ ways lead to this 0', () => {
    const doubled = (): unknown => {
      let value: unknown = 0;
      for (let level = 0; level < 1000; level += 1) value = [value, value];
      return value;
    };
    expect(fingerprint(doubled())).toBe(fingerprint(doubled()));
  });
});

describe('what can’t be compared', () => {
  class Point {
    readonly x = 1;
  }
  const SHARED = new SharedArrayBuffer(8);
  const INCOMPARABLE: ReadonlyArray<[string, unknown]> = [
    ['a function', () => 1],
    ['a symbol', Symbol('s')],
    ['shared memory', SHARED],
    ['a view of shared memory', new Int32Array(SHARED)],
    ['a port', new MessageChannel().port1],
    ['a promise', Promise.resolve(1)],
    ['a weak map', new WeakMap()],
    ['a blob', new Blob(['a'])],
    ['an instance of a class', new Point()],
    ['a proxy', new Proxy({}, {})],
    ['a boxed symbol', Object(Symbol('s'))],
  ];

  test.each(INCOMPARABLE)('%s, anywhere', (_, value) => {
    const error = new Error('a', { cause: value });
    const named = Object.assign([1], { value });
    const places = [value, [value], { value }, new Map([[value, 1]]), new Map([[1, value]])];
    for (const place of [...places, new Set([value]), error, named]) {
      expect(fingerprint(place)).toBeUndefined();
    }
  });
});
