/**
 * `millrace bench overload` as the command line sees it: options in, report out.
 *
 * Invariant: what can be known to be wrong (an option, an unwritable file) is said before the run.
 */
import { textFlag } from '../../flags.js';
import { checkWritable, writeJson } from '../../json-file.js';
import type { Scenario } from '../../scenario.js';
import { Progress } from '../../terminal/progress.js';
import { runOverload } from './experiment.js';
import { reportOverload } from './report.js';
import { OVERLOAD_OPTIONS, overloadSettings } from './settings.js';

/** Two kinds of service without bounds against a bounded one, at twice what they can do. */
export const overload: Scenario = {
  name: 'overload',
  summary: 'a service at twice its capacity: what dies, what refuses, what stays flat',
  options: OVERLOAD_OPTIONS,
  flags: {
    seconds: 'text',
    rate: 'text',
    threads: 'text',
    backlog: 'text',
    arms: 'text',
    memory: 'text',
    seed: 'text',
    json: 'text',
  },
  async run(flags, { screen, paint, signal }) {
    const settings = overloadSettings(flags);
    const jsonFile = textFlag(flags, 'json');
    if (jsonFile !== undefined) checkWritable('json', jsonFile);
    const progress = new Progress(screen, paint);
    try {
      const result = await runOverload(settings, progress, signal);
      const lines = reportOverload(result, paint);
      if (lines.length > 0) screen.write(`${lines.join('\n')}\n`);
      if (jsonFile === undefined) return;
      writeJson(jsonFile, result);
      screen.write(`\nThe result with its timelines is in ${jsonFile}\n`);
    } finally {
      progress.stop();
    }
  },
};
