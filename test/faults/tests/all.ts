import type { FaultTest } from '../suite.ts';
import { killsAnywhere } from './r1-kills.ts';

export const faultTests: FaultTest[] = [killsAnywhere];
