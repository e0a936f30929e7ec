/** The program of the service process: one arm of the experiment behind an HTTP server. */
import { serveArms } from '../service/server/serve-arms.js';
import { createArm } from './arms.js';

serveArms(createArm);
