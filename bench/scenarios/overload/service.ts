/** The program of the service process: one arm of the experiment behind an HTTP server. */
import { serveArms } from '../service/serve-arms.js';
import { createArm } from './arms/arm.js';

serveArms(createArm);
