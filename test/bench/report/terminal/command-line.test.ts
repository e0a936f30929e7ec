import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { wrapCommand } from '../../../../bench/report/terminal/command-line.js';

const COMMAND =
  `millrace gate './jobs.js#a long name' --base 7290fa03a9e35c4ab9bb0c4d0ba0a5c6f3cd9d1e ` +
  `--head "d6c45c5 'x'" --filter it\\'s --seed 1785309261`;

test('a command that fits stays as it is', () => {
  expect(wrapCommand('millrace bench', 60)).toEqual(['millrace bench']);
});

test('lines end between words, with a backslash, and none is too wide', () => {
  const lines = wrapCommand(COMMAND, 60);
  expect(lines.length).toBeGreaterThan(2);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(60);
  expect(lines.slice(0, -1).every((line) => line.endsWith(' \\'))).toBe(true);
  expect(lines[0]).toContain("'./jobs.js#a long name'");
});

test('a shell reads the lines as the command', () => {
  const words = (text: string): string =>
    execFileSync('/bin/sh', ['-c', `print() { printf '[%s]' "$@"; }; print ${text}`], {
      encoding: 'utf8',
    });
  expect(words(wrapCommand(COMMAND, 60).join('\n'))).toBe(words(COMMAND));
});

test('a word that is too wide stands alone', () => {
  const word = 'x'.repeat(90);
  expect(wrapCommand(`a ${word} b`, 60)).toEqual(['a \\', `  ${word} \\`, '  b']);
});
