/** A program as users write it. `matrix.mjs` compiles and runs it in every configuration that users have. */
import { InvalidOptionError, type Job, Pool } from 'millrace';
import { defineConfig } from 'millrace/config';
import { transfer } from 'millrace/worker';
import type * as jobs from './jobs.js';

async function main(): Promise<void> {
  const pool = new Pool<typeof jobs>(process.argv[2] as string, { threads: 1, backlog: 8 });
  const job: Job<number> = await pool.submit('square', 7);
  const squared: number = await job.result;
  const bytes: Uint8Array = await pool.run('bytes', 3);
  await pool.close();
  const moved: Uint8Array = transfer(bytes, []);
  defineConfig({ scenarios: [] });
  const isKnown = new InvalidOptionError('threads', 'No.') instanceof Error;
  if (squared !== 49 || bytes.length !== 3 || moved === bytes || !isKnown) throw new Error('Wrong');
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
