/**
 * Renders the environment of a run and how to repeat it, as Markdown.
 *
 * Invariant: nothing in a command can end its code block.
 */
import { describeBusy, type Environment } from '../../process/environment.js';
import { formatFigure, formatMegabytes } from '../format.js';
import { escapeMarkdown } from './document.js';

/**
 * Renders a paragraph about the machine, and the command.
 *
 * @param told - Sentences that are elsewhere in the text and are not repeated.
 */
export function renderMarkdownSurroundings(
  environment: Environment,
  startedAt: string,
  command: string,
  told: readonly string[] = [],
): string[] {
  const busy = describeBusy(environment);
  const fence = fenceFor(command);
  return [
    `${escapeMarkdown(environment.cpu)}, ${environment.processors} CPUs, ` +
      `${formatMegabytes(environment.memoryBytes)},${limitsOf(environment)} ${escapeMarkdown(environment.platform)} ${escapeMarkdown(environment.kernel)}, ` +
      `Node ${environment.node}, millrace ${environment.millrace}, Piscina ${environment.piscina}, ` +
      `load average before ${formatFigure(environment.loadAverage)}, ${startedAt}.`,
    '',
    ...(busy === undefined || told.includes(busy) ? [] : [escapeMarkdown(busy), '']),
    `${fence}sh`,
    command,
    fence,
    '',
  ];
}

/** The limits of the cgroup; usually there are none. */
function limitsOf({ cpuQuota, memoryLimitBytes }: Environment): string {
  const quota = cpuQuota === undefined ? '' : ` CPU quota ${formatFigure(cpuQuota)},`;
  if (memoryLimitBytes === undefined) return quota;
  return `${quota} memory limit ${formatMegabytes(memoryLimitBytes)},`;
}

/** Longer than any run of backticks in the text, so that nothing in it ends the block. */
function fenceFor(text: string): string {
  const runs = text.match(/`+/g) ?? [];
  return '`'.repeat(Math.max(3, ...runs.map(({ length }) => length + 1)));
}
