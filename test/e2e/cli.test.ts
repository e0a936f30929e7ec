import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { SCENARIOS } from '../../bench/scenarios/index.js';
import { millrace } from '../helpers/processes.js';

const scenarios = SCENARIOS.map(({ name }) => name).join(', ');

describe('wrong usage ends with exit code 1 and a message, before anything is started', () => {
  test.each([
    { args: [], says: 'No command is named; valid is one of bench, gate.' },
    { args: ['bnech'], says: "Unknown command 'bnech'. Did you mean 'bench'?" },
    {
      args: ['bench', 'overlaod'],
      says: `Unknown scenario 'overlaod'; valid is one of ${scenarios}. Did you mean 'overload'?`,
    },
    { args: ['bench', 'depth', 'depth'], says: "Scenario 'depth' is named twice." },
    {
      args: ['bench', 'overload', '--round', '2'],
      says: "Unknown option '--round'. Did you mean '--rounds'?",
    },
    {
      args: ['bench', 'overload', '--rounds', '2'],
      says: "Unknown option '--rounds' for overload.",
    },
    {
      args: ['bench', 'compare', 'one.json'],
      says: "'compare' needs two files written by --json.",
    },
    {
      args: ['bench', 'overload', '--thread', '2'],
      says: "Unknown option '--thread'. Did you mean '--threads'?",
    },
    {
      args: ['bench', 'overload', '--threads', 'two'],
      says: "Option '--threads' is 'two'; valid is a whole number from 1 to 256.",
    },
    {
      args: ['bench', 'overload', '--arms', 'millrce'],
      says: "Option '--arms' has 'millrce'; valid is one or more of thread-per-request, unbounded, millrace. Did you mean 'millrace'?",
    },
    {
      args: ['bench', 'overload', '--json', '/missing/result.json'],
      says: "Option '--json': '/missing/result.json' can't be written: its folder does not exist.",
    },
  ])('$args', async ({ args, says }) => {
    const { code, stdout, stderr } = await millrace(...args).ended;
    expect({ code, stdout, stderr }).toEqual({
      code: 1,
      stdout: '',
      stderr: `millrace: ${says}\nSee 'millrace ${args[0] === 'bench' ? 'bench ' : ''}--help'.\n`,
    });
  });
});

test.each([['--help'], ['-h']])('millrace %s', async (...args) => {
  const { code, stdout, stderr } = await millrace(...args).ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('Usage: millrace <command> [options]');
});

test.each([[['bench', '--help']], [['bench', 'overload', '--help']]])(
  'millrace %s lists scenarios and options within 80 columns',
  async (args) => {
    const { code, stdout } = await millrace(...args).ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ {2}overload {2}/m);
    expect(stdout).toContain('--arms A,B');
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  },
);

test('millrace --version is that of the package', async () => {
  const manifest = new URL('../../package.json', import.meta.url);
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
  const { code, stdout } = await millrace('--version').ended;
  expect({ code, stdout }).toEqual({ code: 0, stdout: `${version}\n` });
  expect(existsSync('/missing/result.json')).toBe(false);
});
