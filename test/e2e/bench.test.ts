/** Runs the built command with one and with several scenarios. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SCENARIOS } from '../../bench/scenarios/index.js';
import { millrace, readResults } from '../helpers/processes.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-command-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

interface Result {
  readonly scenario: string;
  readonly isInterrupted: boolean;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly figures: ReadonlyArray<{ readonly name: string }>;
}

function targets(): { json: string; md: string; html: string; options: string[] } {
  const [json, md, html] = ['json', 'md', 'html'].map((kind) => join(folder, `run.${kind}`)) as [
    string,
    string,
    string,
  ];
  return { json, md, html, options: ['--json', json, '--md', md, '--html', html] };
}

function words(text: string): string[] {
  return text.split(' ');
}

describe('several scenarios in one run', () => {
  test(
    'run in the order they are named, each with the options that it knows',
    { timeout: 120_000 },
    async () => {
      const { json, md, html, options } = targets();
      const args = words('bench producer sparse --rounds 1 --patterns single --jobs 3 --seed 5');
      const { code, stdout, stderr } = await millrace(...args, ...options).ended;
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      for (const line of stdout.split('\n')) expect.soft(line.length, line).toBeLessThanOrEqual(80);
      expect(stdout).toMatch(/^producer: a million/m);
      expect(stdout.indexOf('producer: ')).toBeLessThan(stdout.indexOf('sparse: '));
      const [producer, sparse] = readResults<Result>(json);
      expect(producer).toMatchObject({ scenario: 'producer', settings: { jobs: 3 } });
      expect(producer?.settings).not.toHaveProperty('rounds');
      expect(sparse).toMatchObject({
        scenario: 'sparse',
        settings: { rounds: 1, jobs: 3, seed: 5, patterns: ['single'] },
      });
      const { command } = JSON.parse(readFileSync(json, 'utf8')) as { command: string };
      expect(command).toBe(['millrace', ...args, ...options].join(' '));
      const text = readFileSync(md, 'utf8');
      expect(text).toMatch(/^## Producer: /m);
      expect(text).toMatch(/^## Sparse: /m);
      expect(text).toContain(command);
      expect(readFileSync(html, 'utf8')).toMatch(/^<!doctype html>/i);
      expect(readdirSync(folder).toSorted()).toEqual(['run.html', 'run.json', 'run.md']);
    },
  );

  test('an option that none of them knows is an error, with those that there are', async () => {
    const { code, stdout, stderr } = await millrace(
      ...words('bench sparse producer --window-ms 20'),
    ).ended;
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain("millrace: Unknown option '--window-ms' for sparse, producer.");
  });

  test('a value that one of them refuses is an error before the other one runs', async () => {
    const { code, stdout, stderr } = await millrace(...words('bench sparse depth --jobs 10')).ended;
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain("Option '--jobs' is '10'; valid is a whole number from 40000");
  });

  test('a filter that matches in one of them only is an error before anything runs', async () => {
    const args = words('bench sparse payload --filter');
    const { code, stdout, stderr } = await millrace(...args, '1KB cloned').ended;
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(
      "Option '--filter' is '1KB cloned', which matches no measurement; valid is part of one of 'millrace, single', ",
    );
  });
});

test.each([
  { scenario: 'sparse --jobs 1', filter: 'PISCINA, single', only: 'piscina' },
  {
    scenario: 'payload --sizes 1KB --window-ms 20 --warm-up-ms 5',
    filter: 'millrace, 1KB cloned, 1 in flight',
    only: '1KB cloned, 1 in flight: millrace',
  },
  {
    scenario: 'overhead --window-ms 20 --warm-up-ms 5',
    filter: 'workerpool, 10us, 16 ',
    only: '10us, 16 in flight: workerpool',
  },
  {
    scenario: 'scaling --jobs 100us --max-threads 2 --window-ms 20 --warm-up-ms 5',
    filter: '2 threads',
    only: '2 threads',
  },
  {
    scenario: 'values --window-ms 20 --warm-up-ms 5',
    filter: 'tinypool, nested',
    only: 'nested: tinypool',
  },
  { scenario: 'startup --peers millrace,piscina', filter: 'PISC', only: 'piscina' },
  {
    scenario: 'tail --seconds 0.1 --warm-up 0.1 --peers millrace,piscina',
    filter: 'millrace at SATURATION',
    only: 'saturation: millrace',
  },
])('$scenario measures only $filter', { timeout: 120_000 }, async ({ scenario, filter, only }) => {
  const json = join(folder, 'run.json');
  const args = ['bench', ...words(scenario), '--rounds', '1', '--filter', filter, '--json', json];
  const { code, stdout, stderr } = await millrace(...args).ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  for (const line of stdout.split('\n')) expect.soft(line.length, line).toBeLessThanOrEqual(80);
  const [result] = readResults<Result>(json);
  expect(result?.settings).toMatchObject({ filter });
  const names = result?.figures.map(({ name }) => name) ?? [];
  expect(names.length).toBeGreaterThan(0);
  for (const name of names) expect(name).toContain(only);
  expect(stdout).not.toMatch(/Infinity|NaN|undefined/);
});

test(
  'the rates of tail come from all pools, whatever the filter leaves of the arrivals',
  { timeout: 120_000 },
  async () => {
    const json = join(folder, 'run.json');
    const options = '--seconds 0.1 --warm-up 0.1 --rounds 1 --peers millrace,piscina --filter';
    const args = ['bench', 'tail', ...words(options), 'millrace at 80', '--json', json];
    const { code, stdout, stderr } = await millrace(...args).ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const names = readResults<Result>(json)[0]?.figures.map(({ name }) => name) ?? [];
    expect(names.filter((name) => name.startsWith('saturation'))).toEqual([
      'saturation: millrace',
      'saturation: piscina',
    ]);
    const arrivals = names.filter((name) => !name.startsWith('saturation'));
    expect(arrivals.length).toBeGreaterThan(0);
    for (const name of arrivals) expect(name).toMatch(/^80\.0 %.*: millrace$/);
    expect(stdout).toContain('80.0 % of what piscina does at saturation');
  },
);

test.each(['json', 'md', 'html'])(
  'a --%s that can not be written is found before the run',
  async (kind) => {
    const { options } = targets();
    const others = options.filter(
      (_, at) => Math.floor(at / 2) !== ['json', 'md', 'html'].indexOf(kind),
    );
    const path = join(folder, 'missing', 'run');
    const args = ['bench', 'depth', ...others, `--${kind}`, path];
    const { code, stdout, stderr } = await millrace(...args).ended;
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(
      `millrace: Option '--${kind}': '${path}' can't be written: its folder does not exist.`,
    );
    expect(readdirSync(folder)).toEqual([]);
  },
);

test('--quiet says nothing before the results', { timeout: 120_000 }, async () => {
  const args = words('bench producer sparse --rounds 1 --patterns single --jobs 3 --quiet');
  const { code, stdout, stderr } = await millrace(...args).ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).not.toMatch(/…|Round|producer: |sparse: /);
  expect(stdout).toMatch(/^Producer: a million awaited submissions$/m);
  expect(stdout).toMatch(/^Sparse: jobs that arrive rarely$/m);
});

test('bench list has every scenario with its summary, within 80 columns', async () => {
  const { code, stdout, stderr } = await millrace('bench', 'list').ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const listed = stdout.split('\n').flatMap((line) => /^ {2}(\S+)/.exec(line)?.[1] ?? []);
  expect(listed).toEqual(SCENARIOS.map(({ name }) => name));
  for (const line of stdout.split('\n')) expect.soft(line.length, line).toBeLessThanOrEqual(80);
});

test.each([
  { args: 'bench list --rounds 3', says: "Unknown option '--rounds' for list." },
  { args: 'bench list overhead', says: "'list' takes no names, but 'overhead' was given." },
])('$args is refused', async ({ args, says }) => {
  const { code, stdout, stderr } = await millrace(...words(args)).ended;
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toContain(`millrace: ${says}`);
});

describe('Ctrl-C', () => {
  test(
    'during the second scenario all files are written with what was measured, and no third one runs',
    { timeout: 120_000 },
    async () => {
      const { json, md, html, options } = targets();
      const command = millrace(
        ...words('bench sparse payload producer --rounds 1 --patterns single --window-ms 30000'),
        ...words('--jobs 3'),
        ...options,
      );
      await command.said('payload: ');
      // 36 measurements of half a minute each: the second scenario has begun.
      await command.said('up to 1100 s');
      command.process.kill('SIGINT');
      const { code, stdout, stderr } = await command.ended;
      expect({ code, stderr }).toEqual({ code: 130, stderr: '' });
      expect(stdout).not.toContain('producer: ');
      const [sparse, payload, ...more] = readResults<Result>(json);
      expect(sparse).toMatchObject({ scenario: 'sparse', isInterrupted: false });
      expect(sparse?.figures.length).toBeGreaterThan(0);
      expect(payload).toMatchObject({ scenario: 'payload', isInterrupted: true, figures: [] });
      expect(more).toEqual([]);
      expect(readFileSync(md, 'utf8')).toContain('The run was interrupted');
      expect(existsSync(html)).toBe(true);
    },
  );
});
