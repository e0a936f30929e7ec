import { deserialize } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import {
  decodeThrown,
  encodeThrown,
  type EncodedError,
  serializeThrown,
} from '../../../src/wire/thrown.js';

/** Sends a value through the real structured clone, as over a link. */
function roundTrip(thrown: unknown): unknown {
  return decodeThrown(structuredClone(encodeThrown(thrown)));
}

function refuse(): never {
  throw new Error('no');
}

function hostile(target: object): unknown {
  const traps = ['get', 'has', 'ownKeys', 'getPrototypeOf', 'getOwnPropertyDescriptor'];
  return new Proxy(target, Object.fromEntries(traps.map((trap) => [trap, refuse])));
}

function revoked(target: object): unknown {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

function nullObject(inner: unknown): unknown {
  return Object.assign(Object.create(null), { inner });
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

test('a class stays behind: its methods, getters and private fields, and a name that it does not set', () => {
  class HttpError extends Error {
    readonly #secret = 1;
    readonly status = 503;
    get isBusy(): boolean {
      return this.status === 503 && this.#secret === 1;
    }
    retry(): void {}
  }
  const error = new HttpError('busy');
  const arrived = roundTrip(error);
  expect(error.isBusy).toBe(true);
  expect(arrived).not.toBeInstanceOf(HttpError);
  expect(Object.getPrototypeOf(arrived)).toBe(Error.prototype);
  expect(arrived).toMatchObject({ name: 'Error', message: 'busy', status: 503 });
  for (const member of ['isBusy', 'retry', 'notCloned']) expect(arrived).not.toHaveProperty(member);
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

const { SuppressedError } = globalThis as {
  SuppressedError?: new (error: unknown, suppressed: unknown, message: string) => Error;
};

// Node 24 and later.
test.skipIf(SuppressedError === undefined)('a SuppressedError arrives with both errors', () => {
  const Class = SuppressedError as NonNullable<typeof SuppressedError>;
  const arrived = roundTrip(new Class(new LimitError('a'), new LimitError('b'), 'both')) as Error;
  expect(arrived).toBeInstanceOf(Class);
  expect(arrived).toMatchObject({ error: { code: 'E_LIMIT' }, suppressed: { message: 'b' } });
  expect(Object.keys(arrived)).toEqual([]);
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
  expect(arrived.deep).toEqual({});
  expect(arrived.notCloned).toEqual(['act', 'deep.act', 'trap']);
});

test.each([
  ['a function', () => {}, 'a function'],
  ['a symbol', Symbol('s'), 'Symbol(s)'],
  ['a promise', Promise.resolve(), '[object Promise]'],
  [
    'an object of a class with a function',
    new (class Socket {
      on = (): void => {};
    })(),
    'Socket',
  ],
  ['a revoked Proxy', revoked({}), 'a Proxy'],
  ['a Proxy with traps that throw', hostile({}), 'a Proxy'],
])('%s arrives as an Error that says what it was', (_, value, description) => {
  const arrived = roundTrip(value) as Error;
  expect(arrived).toBeInstanceOf(Error);
  expect(arrived.message).toContain(description);
});

describe('an error that throws when it is looked at', () => {
  test.each([
    ['a revoked Proxy of one', revoked(new Error('hostile')), 'a Proxy'],
    ['a Proxy whose traps throw', hostile(new Error('hostile')), 'a Proxy'],
    [
      'a Proxy whose get trap throws',
      new Proxy(new RangeError('hostile'), { get: refuse }),
      "can't be read",
    ],
  ])('arrives all the same: %s', (_, error, description) => {
    const arrived = roundTrip(error) as Error;
    expect(arrived).toBeInstanceOf(Error);
    expect(arrived.message).toContain(description);
  });

  test.each(['name', 'message', 'stack', 'constructor', 'cause', 'code'])(
    'arrives with all else: %s',
    (trap) => {
      const error = Object.assign(new RangeError('why'), { limit: 3 });
      Object.defineProperty(error, trap, { get: refuse });
      const arrived = roundTrip(error) as typeof error & { notCloned?: string[] };
      expect(Object.getPrototypeOf(arrived)).toBe(RangeError.prototype);
      expect(arrived.name).toBe('RangeError');
      expect(arrived.message).toBe(trap === 'message' ? "(its message can't be read)" : 'why');
      expect(arrived.stack).toContain('RangeError');
      expect(arrived.limit).toBe(3);
      const isField = ['constructor', 'cause', 'code'].includes(trap);
      expect(arrived.notCloned).toEqual(isField ? [trap] : undefined);
    },
  );

  test.each(['name', 'message'])('arrives with all else: a %s that has no text', (key) => {
    const error = Object.assign(new RangeError('why'), { [key]: Object.create(null), limit: 3 });
    const arrived = roundTrip(error) as typeof error;
    expect(arrived).toBeInstanceOf(RangeError);
    expect(arrived.limit).toBe(3);
  });
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

describe('what cannot be cloned loses itself only', () => {
  test('among the errors of an AggregateError', () => {
    const errors = [new LimitError('a'), () => {}, new LimitError('c')];
    const arrived = roundTrip(new AggregateError(errors, 'all')) as AggregateError & {
      notCloned: string[];
    };
    expect(arrived).toBeInstanceOf(AggregateError);
    expect(arrived.errors).toHaveLength(3);
    expect(Object.keys(arrived.errors)).toEqual(['0', '2']);
    expect(arrived.errors[0]).toMatchObject({ message: 'a', code: 'E_LIMIT' });
    expect(arrived.errors[2]).toMatchObject({ message: 'c', code: 'E_LIMIT' });
    expect(arrived.notCloned).toEqual(['errors[1]']);
  });

  test('in an array, an object, a Map and a Set, at any depth', () => {
    const act = (): void => {};
    const error = Object.assign(new Error('partly'), {
      list: [1, act, [2, Symbol('s')]],
      object: { ok: 1, act, 'on end': act, deep: { ok: 2, wait: Promise.resolve() } },
      map: new Map<unknown, unknown>([
        ['a', 1],
        ['b', act],
        [act, 3],
        ['d', { ok: 4, act }],
      ]),
      set: new Set([1, act, 3]),
    });
    expect(roundTrip(error)).toEqual(
      Object.assign(new Error('partly'), {
        list: [1, undefined, [2, undefined]],
        object: { ok: 1, deep: { ok: 2 } },
        map: new Map<unknown, unknown>([
          ['a', 1],
          ['d', { ok: 4 }],
        ]),
        set: new Set([1, 3]),
        notCloned: [
          'list[1]',
          'list[2][1]',
          'object.act',
          'object["on end"]',
          'object.deep.wait',
          'map[1]',
          'map[2]',
          'map[3].act',
          'set[1]',
        ],
      }),
    );
  });

  test('as a cause', () => {
    const error = Object.assign(new Error('why', { cause: () => {} }), { code: 'E_WHY' });
    expect(roundTrip(error)).toMatchObject({ code: 'E_WHY', notCloned: ['cause'] });
    const caused = new Error('why', { cause: { code: 'E_CAUSE', act: () => {} } });
    expect(roundTrip(caused)).toMatchObject({
      cause: { code: 'E_CAUSE' },
      notCloned: ['cause.act'],
    });
  });

  test('in a thrown object, which lists it', () => {
    expect(roundTrip({ code: 'E_PLAIN', act: () => {}, deep: { act: () => {}, ok: 1 } })).toEqual({
      code: 'E_PLAIN',
      deep: { ok: 1 },
      notCloned: ['act', 'deep.act'],
    });
    expect(roundTrip({ act: () => {} })).toEqual({ notCloned: ['act'] });
  });

  test('in a thrown array, Map and Set', () => {
    const list = roundTrip([1, () => {}, 3]) as number[] & { notCloned: string[] };
    expect([list.length, list[0], 1 in list, list[2]]).toEqual([3, 1, false, 3]);
    expect(list.notCloned).toEqual(['[1]']);
    const map = roundTrip(
      new Map<string, unknown>([
        ['a', 1],
        ['b', () => {}],
      ]),
    ) as Map<string, unknown>;
    expect([...map]).toEqual([['a', 1]]);
    expect(map).toHaveProperty('notCloned', ['[1]']);
    expect(roundTrip(new Set([() => {}, 2]))).toHaveProperty('notCloned', ['[0]']);
  });
});

describe('an error arrives as one, with its code and fields', () => {
  const inner = (): LimitError => new LimitError('inner');
  test.each<[string, unknown, (arrived: any) => unknown]>([
    ['in a plain object', { inner: inner() }, (arrived) => arrived.inner],
    ['in an object without a prototype', nullObject(inner()), (arrived) => arrived.inner],
    ['in an array', [0, inner()], (arrived) => arrived[1]],
    ['in a Map', new Map([['inner', inner()]]), (arrived) => arrived.get('inner')],
    ['as a key of a Map', new Map([[inner(), 1]]), (arrived) => [...arrived.keys()][0]],
    ['in a Set', new Set([inner()]), (arrived) => [...arrived][0]],
    [
      'of settled promises',
      [{ status: 'rejected', reason: inner() }],
      (arrived) => arrived[0].reason,
    ],
    [
      'of another realm',
      runInNewContext(
        "({ inner: Object.assign(new RangeError('inner'), { name: 'LimitError', code: 'E_LIMIT' }) })",
      ),
      (arrived) => arrived.inner,
    ],
  ])('%s', (_, value, innerOf) => {
    for (const arrived of [
      roundTrip(value),
      (roundTrip(Object.assign(new Error('outer'), { value })) as { value: unknown }).value,
    ]) {
      const error = innerOf(arrived);
      expect(error).toBeInstanceOf(RangeError);
      expect(error).toMatchObject({ name: 'LimitError', message: 'inner', code: 'E_LIMIT' });
    }
  });
});

test('what holds neither an error nor what cannot be cloned keeps its circles and shared references', () => {
  const shared = { at: new Date(5) };
  const circle: Record<string, unknown> = { shared, again: shared };
  circle['self'] = circle;
  const arrived = roundTrip(Object.assign(new Error('why'), { circle })) as { circle: any };
  expect(arrived.circle.self).toBe(arrived.circle);
  expect(arrived.circle.again).toBe(arrived.circle.shared);
  expect(arrived).not.toHaveProperty('notCloned');
});

test('what several errors share is cloned once', () => {
  const shared = new Uint8Array(100);
  const errors = [1, 2].map(() => Object.assign(new Error('why'), { shared }));
  const [first, second] = (roundTrip(new AggregateError(errors)) as AggregateError).errors;
  expect(first.shared).toEqual(shared);
  expect(second.shared).toBe(first.shared);
});

test('a key that has a meaning of its own is a field like any other', () => {
  const object = JSON.parse('{ "__proto__": { "polluted": 1 }, "constructor": 2 }');
  const arrived = roundTrip({ object, act: () => {} }) as { object: object };
  expect(Object.getPrototypeOf(arrived.object)).toBe(Object.prototype);
  expect(JSON.stringify(arrived.object)).toBe('{"__proto__":{"polluted":1},"constructor":2}');
});

test('a class of its own that is called like a built-in one is none', () => {
  class TypeError extends Error {}
  const arrived = roundTrip(new TypeError('why')) as Error;
  expect(Object.getPrototypeOf(arrived)).toBe(Error.prototype);
});

test('a getter that throws the second time harms nothing: what was cloned can be cloned again', () => {
  let reads = 0;
  const detail = {
    get once() {
      reads += 1;
      if (reads > 1) throw new Error('no more');
      return 'read';
    },
  };
  const arrived = roundTrip(Object.assign(new Error('why'), { detail })) as typeof Error & {
    detail: unknown;
  };
  expect(arrived.detail).toEqual({ once: 'read' });
});

describe('as bytes', () => {
  const overBytes = (thrown: unknown): any =>
    decodeThrown(deserialize(serializeThrown(thrown)) as EncodedError);

  test('an error arrives the same', () => {
    const error = new LimitError('too much', { cause: new TypeError('inner') });
    expect(overBytes(error)).toEqual(roundTrip(error));
    expect(overBytes('text')).toBe('text');
  });

  test.each<[string, unknown]>([
    ['shared memory', new SharedArrayBuffer(4)],
    ['a port', new MessageChannel().port1],
    ['a function', () => {}],
    ['a revoked Proxy', revoked({})],
  ])('%s loses itself only', (_, value) => {
    const error = Object.assign(new LimitError('why'), { first: value, list: [value, 'ok'] });
    expect(overBytes(error)).toMatchObject({
      code: 'E_LIMIT',
      list: [undefined, 'ok'],
      notCloned: ['first', 'list[0]'],
    });
    expect(overBytes({ value, ok: 1 })).toEqual({ ok: 1, notCloned: ['value'] });
    expect(overBytes(value)).toBeInstanceOf(Error);
  });

  test('shared memory goes through a port', () => {
    const memory = new SharedArrayBuffer(4);
    const arrived = roundTrip(Object.assign(new Error('why'), { memory })) as { memory: unknown };
    expect(arrived.memory).toBeInstanceOf(SharedArrayBuffer);
  });
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

test('errors are put together where V8’s limit of frames is read-only', () => {
  const limit = Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit') as PropertyDescriptor;
  Object.defineProperty(Error, 'stackTraceLimit', { ...limit, writable: false });
  try {
    for (const error of [new TypeError('why'), new DOMException('stop', 'AbortError')]) {
      const arrived = roundTrip(error) as Error;
      expect(arrived).toBeInstanceOf(error.constructor);
      expect([arrived.message, arrived.stack]).toEqual([error.message, error.stack]);
    }
  } finally {
    Object.defineProperty(Error, 'stackTraceLimit', limit);
  }
});

test('a DOMException of another environment arrives as one', () => {
  class OtherDOMException {
    name = 'AbortError';
    message = 'stop';
    get [Symbol.toStringTag](): string {
      return 'DOMException';
    }
  }
  const arrived = roundTrip(new OtherDOMException()) as DOMException;
  expect(arrived).toBeInstanceOf(DOMException);
  expect([arrived.name, arrived.message, arrived.code]).toEqual(['AbortError', 'stop', 20]);
});
