/** Runs the service process: serves one variant over HTTP. */
import { serveArms } from '../service/server/serve-arms.js';
import { createArm } from './arms.js';

serveArms(createArm);
