import * as millrace from 'millrace';
import { expect, test, vi } from 'vitest';
import { suite } from '../suite.mjs';

suite({ test, expect, timers: vi }, import.meta.resolve('../jobs.mjs'), millrace);
