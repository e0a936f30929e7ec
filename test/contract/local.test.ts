import { Pool } from 'millrace';
import type * as Jobs from '../fixtures/contract.js';
import { checkContract } from './contract.js';

const module = new URL('../fixtures/contract.js', import.meta.url);

for (const coalesce of [true, false]) {
  checkContract(
    coalesce ? 'the local pool' : 'the local pool without coalescing',
    async (options) => new Pool<typeof Jobs>(module, { ...options, coalesce }),
  );
}
