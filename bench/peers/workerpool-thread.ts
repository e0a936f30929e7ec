/** What runs on workerpool's threads: the job functions under their own names. */
import workerpool from 'workerpool';
import { noop, spin } from '../../workers/spin.js';

workerpool.worker({ noop, spin });
