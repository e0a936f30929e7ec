/**
 * Reads the file of `--budget FILE`: `{ "budgets": [ … ] }`; its published schema is
 * `millrace-budget.schema.json`.
 */
import { Place } from '../../store/checks.js';
import { readJson } from '../../store/read-json.js';
import { checkBudgets } from './check-config.js';
import type { Budget } from '../model/config.js';

/** Reads the budgets, at least one. @throws UsageError */
export function readBudgets(path: string): readonly Budget[] {
  return checkBudgets(readJson(path), Place.ofWritten(path));
}
