/** What runs on workerpool's threads: the job functions under their own names. */
import workerpool from 'workerpool';
import { identify, noop, spin } from '../../workers/spin.js';

workerpool.worker({ identify, noop, spin });
