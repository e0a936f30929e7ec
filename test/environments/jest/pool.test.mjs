import * as millrace from 'millrace';
import { suite } from '../suite.mjs';

const { test, expect } = globalThis;
const { jest } = import.meta;

suite({ test, expect, timers: jest }, new URL('../jobs.mjs', import.meta.url).href, millrace);
