/** Runs on workerpool's threads: serves the job functions under their own names. */
import workerpool from 'workerpool';
import { identify, noop, spin, work } from '../jobs/cpu.js';

workerpool.worker({ identify, noop, spin, work });
