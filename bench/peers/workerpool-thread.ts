/** What runs on workerpool's threads: the job functions under their own names. */
import workerpool from 'workerpool';
import { identify, noop, spin, work } from '../../workers/jobs.js';

workerpool.worker({ identify, noop, spin, work });
