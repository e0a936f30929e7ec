/**
 * Lists the scenarios of `millrace bench` in the order of its help.
 *
 * Invariant: a line here is all it takes to add a scenario.
 */
import type { Scenario } from '../harness/scenario.js';
import { calls } from './calls/command.js';
import { depth } from './depth/command.js';
import { distributed } from './distributed/command.js';
import { invoke } from './invoke/command.js';
import { job } from './job/command.js';
import { map } from './map/command.js';
import { overhead } from './overhead/command.js';
import { overload } from './overload/command.js';
import { payload } from './payload/command.js';
import { producer } from './producer/command.js';
import { scaling } from './scaling/command.js';
import { soak } from './soak/command.js';
import { sparse } from './sparse/command.js';
import { startup } from './startup/command.js';
import { tail } from './tail/command.js';
import { values } from './values/command.js';

export const SCENARIOS: readonly Scenario[] = [
  overload,
  invoke,
  overhead,
  map,
  tail,
  values,
  payload,
  sparse,
  producer,
  depth,
  calls,
  scaling,
  soak,
  startup,
  distributed,
  job,
];
