/** A program to bundle. `HOST` is the path of the host's file, if the library is part of the bundle. */
import { Pool } from 'millrace';

const host = globalThis.process.env.HOST;
const pool = new Pool(new URL('./jobs.js', import.meta.url), {
  threads: 1,
  ...(host && { host: new URL(host, import.meta.url) }),
});
const result = await pool.run('square', 7);
await pool.close();
if (result !== 49) throw new Error(`7 squared is ${result}`);
