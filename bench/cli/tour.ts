/**
 * Defines the quick benchmark, which `millrace bench` runs if no scenario is named: some of the scenarios, in under
 * two minutes on two cores.
 */
import { availableParallelism } from 'node:os';
import type { Flags } from '../options/flags.js';
import type { Scenario } from '../harness/scenario.js';
import { overhead } from '../scenarios/overhead/command.js';
import { overload } from '../scenarios/overload/command.js';
import { scaling } from '../scenarios/scaling/command.js';
import { startup } from '../scenarios/startup/command.js';
import { values } from '../scenarios/values/command.js';

/** Scenarios with the options that shorten them; the user's options take precedence. */
export const TOUR: ReadonlyArray<{ readonly scenario: Scenario; readonly flags: Flags }> = [
  { scenario: overload, flags: new Map([['seconds', '9']]) },
  {
    scenario: overhead,
    flags: new Map([
      ['jobs', 'no-op'],
      ['in-flight', '16,256'],
      ['peers', 'millrace,piscina,tinypool,poolifier'],
      // The minimum for claiming a difference.
      ['rounds', '3'],
      ['warm-up-ms', '500'],
    ]),
  },
  {
    scenario: values,
    flags: new Map([
      ['values', 'text,nested'],
      ['peers', 'millrace,piscina,poolifier'],
      ['rounds', '3'],
      ['warm-up-ms', '300'],
      ['window-ms', '300'],
    ]),
  },
  {
    scenario: startup,
    flags: new Map([
      ['peers', 'millrace,piscina,tinypool'],
      ['rounds', '3'],
    ]),
  },
  {
    scenario: scaling,
    flags: new Map([
      ['jobs', '100us'],
      // Enough for fitting both laws, and done within 15 seconds on every machine.
      ['max-threads', String(Math.min(availableParallelism(), 6))],
      ['rounds', '2'],
    ]),
  },
];
