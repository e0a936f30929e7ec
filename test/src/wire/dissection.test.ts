import { describe, expect, test } from 'vitest';
import { Dissection } from '../../../src/wire/dissection.js';
import { decodeThrown, type EncodedError } from '../../../src/wire/thrown.js';

/** The value that arrives, and how often something was cloned as a whole. */
function cross(thrown: unknown): { arrived: any; clones: number } {
  let clones = 0;
  const dissection = new Dissection((value) => {
    clones += 1;
    return structuredClone(value);
  });
  const encoded = dissection.thrown(thrown) as EncodedError;
  return { arrived: decodeThrown(structuredClone(encoded)), clones };
}

function failure(fields: object = {}): Error & Record<string, any> {
  return Object.assign(new Error('why'), { code: 'E_WHY' }, fields);
}

/** `bottom`, nested in `levels` objects. */
function nested(levels: number, bottom: unknown): unknown {
  let value = bottom;
  for (let level = 0; level < levels; level += 1) value = { inner: value };
  return value;
}

function levelsOf(value: any): number {
  let levels = 0;
  for (let each = value; each?.inner !== undefined; each = each.inner) levels += 1;
  return levels;
}

test('what can cross as a whole is cloned as one', () => {
  const details = { list: [1, { two: new Map([[3, [4]]]) }] };
  const { arrived, clones } = cross(failure({ details }));
  expect(arrived.details).toEqual(details);
  expect(clones).toBe(1);
});

test('a value that is none of these is undefined where nothing of it can cross', () => {
  const dissection = new Dissection(structuredClone);
  expect(dissection.thrown(() => {})).toBeUndefined();
  expect(dissection.thrown(Symbol('s'))).toBeUndefined();
  expect(dissection.thrown(Promise.resolve())).toBeUndefined();
});

describe('a circle is cut where it closes', () => {
  test('from an error through its fields', () => {
    const error = failure();
    Object.assign(error, { details: { error, ok: 1 }, list: [error, 2] });
    const { arrived } = cross(error);
    expect(arrived.details).toEqual({ ok: 1 });
    expect(arrived.list).toEqual([undefined, 2]);
    expect(arrived.notCloned).toEqual(['details.error', 'list[0]']);
  });

  test('from a container that is taken apart', () => {
    const details: Record<string, unknown> = { inner: failure() };
    Object.assign(details, { self: details, list: [{ details }], map: new Map([['a', details]]) });
    const { arrived } = cross(failure({ details }));
    expect(arrived.details).toEqual({ inner: expect.any(Error), list: [{}], map: new Map() });
    expect(arrived.notCloned).toEqual([
      'details.self',
      'details.list[0].details',
      'details.map[0]',
    ]);
  });

  test('of a thrown object', () => {
    const thrown: Record<string, unknown> = { act: () => {}, ok: 1 };
    thrown['self'] = thrown;
    expect(cross(thrown).arrived).toEqual({ ok: 1, notCloned: ['act', 'self'] });
  });
});

describe('depth is bounded', () => {
  test('eight errors deep, with the fields of the last', () => {
    let error = failure({ level: 9 });
    for (let level = 8; level >= 1; level -= 1) error = failure({ level, list: [{ error }] });
    let { arrived } = cross(error);
    for (let level = 1; level < 8; level += 1) {
      expect(arrived).toMatchObject({ level, code: 'E_WHY' });
      expect(arrived).not.toHaveProperty('notCloned');
      arrived = arrived.list[0].error;
    }
    expect(arrived).toMatchObject({ level: 8, list: [{}], notCloned: ['list[0].error'] });
  });

  test.each([
    ['data', 1],
    ['an error', failure()],
    ['a function', () => {}],
  ])('a hundred levels deep: %s', (_, bottom) => {
    const { arrived } = cross(failure({ deep: nested(5000, bottom), ok: [1, failure()] }));
    expect(levelsOf(arrived.deep)).toBeGreaterThanOrEqual(90);
    expect(levelsOf(arrived.deep)).toBeLessThanOrEqual(100);
    expect(arrived.notCloned).toHaveLength(1);
    expect(arrived.notCloned[0]).toMatch(/^deep(?:\.inner)+$/);
    expect(arrived.ok[1].code).toBe('E_WHY');
  });

  test('so that the main thread can read what a thread has written, which has the larger stack', () => {
    expect(levelsOf(cross(nested(5000, 1)).arrived)).toBeLessThanOrEqual(100);
  });
});

describe('the number of values is bounded', () => {
  test('a field that holds too many crosses as a whole, and others arrive', () => {
    const rows = Array.from({ length: 150_000 }, (_, row) => ({ row }));
    const { arrived } = cross(failure({ rows, act: () => {} }));
    expect(arrived.rows).toEqual(rows);
    expect(arrived).toMatchObject({ code: 'E_WHY', notCloned: ['act'] });
  });

  test.each([
    ['an array', (many: unknown[]) => many],
    ['an object', (many: unknown[]) => ({ ...many })],
    ['a Map', (many: unknown[]) => new Map(many.entries())],
    ['a Set', (many: unknown[]) => new Set(many)],
  ])('a field that holds too many, of which one cannot be cloned, is lost: %s', (_, hold) => {
    const many = hold([() => {}, ...Array.from({ length: 120_000 }, (__, at) => at)]);
    const { arrived } = cross(failure({ many, last: { act: () => {}, ok: 1 } }));
    expect(arrived).toMatchObject({ code: 'E_WHY', last: { ok: 1 } });
    expect(arrived.notCloned).toEqual(['many', 'last.act']);
  });

  test('what is reached by many ways ends', () => {
    let many: unknown = failure();
    for (let level = 0; level < 60; level += 1) many = [many, many];
    const { arrived } = cross(failure({ many }));
    expect(arrived.code).toBe('E_WHY');
    expect(arrived.many).toHaveLength(2);
  });

  test('what goes on for ever ends', () => {
    let reads = 0;
    const endless = (): object => ({
      get left() {
        reads += 1;
        return endless();
      },
      get right() {
        reads += 1;
        return endless();
      },
    });
    const { arrived } = cross(failure({ endless: endless() }));
    expect(arrived).toMatchObject({ code: 'E_WHY', notCloned: ['endless'] });
    expect(reads).toBeLessThan(250_000);
  });

  test('errors of which no more can be looked at say so', () => {
    const fields = Object.fromEntries(Array.from({ length: 99 }, (_, at) => [`field${at}`, at]));
    const errors = Array.from({ length: 1100 }, () => failure({ ...fields, act: () => {} }));
    const { arrived } = cross(new AggregateError(errors));
    expect(arrived.errors).toHaveLength(1100);
    expect(arrived.errors[0]).toMatchObject({ code: 'E_WHY', field98: 98, notCloned: ['act'] });
    const last = arrived.errors.at(-1);
    expect(last).toBeInstanceOf(Error);
    expect([last.message, last.code, last.notCloned]).toEqual(['why', undefined, ['…']]);
  });
});
