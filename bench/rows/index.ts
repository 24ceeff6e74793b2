import type { Row } from '#bench/harness/row.ts';
import { askedIdle } from './asked-idle.ts';
import { assignedIdle } from './assigned-idle.ts';
import { desk } from './desk.ts';
import { dryRun } from './dry-run.ts';
import { firstMessage } from './first-message.ts';
import { followUps } from './follow-ups.ts';
import { lists } from './lists.ts';
import { memory } from './memory.ts';
import { rules } from './rules.ts';
import { settings } from './settings.ts';
import { timers } from './timers.ts';
import { webhookBurst } from './webhook-burst.ts';
import { webhookIntakeOff } from './webhook-intake-off.ts';
import { webhookSteady } from './webhook-steady.ts';

/** In the order in which they are measured: what wants a small and idle installation comes first. */
export const rows: readonly Row[] = [
  rules,
  dryRun,
  assignedIdle,
  askedIdle,
  firstMessage,
  followUps,
  settings,
  timers,
  memory,
  webhookSteady,
  webhookBurst,
  webhookIntakeOff,
  lists,
  desk,
];
