/** What a change of settings would have done to the last days' sessions, before it is saved (R64). */
import { z } from 'zod';
import { agentRef } from './agent.ts';
import { assignmentSettings, supportSettings } from './channel-settings.ts';
import { traceStep } from './history.ts';
import { sessionId } from './ids.ts';
import { instant } from './instant.ts';
import { clockSettings } from './settings.ts';

const days = z
  .int('Give whole days.')
  .min(1, 'At least one day.')
  .max(31, 'At most 31 days.')
  .default(7);

/** The Assignment section as it would be saved; its version does not matter. */
export const assignmentDryRunRequest = assignmentSettings
  .safeExtend({
    /** The Support section as it would be saved; left out = as it is. */
    team: supportSettings.optional(),
    days,
  })
  .meta({ id: 'AssignmentDryRunRequest' });
export type AssignmentDryRunRequest = z.output<typeof assignmentDryRunRequest>;

export const clocksDryRunRequest = clockSettings
  .extend({ days })
  .meta({ id: 'ClocksDryRunRequest' });
export type ClocksDryRunRequest = z.output<typeof clocksDryRunRequest>;

/** The period that was replayed: shorter than was asked for where too much had happened. */
const period = { from: instant, to: instant };

const share = z.strictObject({
  /** Rounds of which they were in charge when they were done, or are by now. */
  sessions: z.int(),
  /** How often the rules put them in charge. */
  assigned: z.int(),
});

const side = z.strictObject({
  /** Rounds that nobody had when they were done, or has by now. */
  unassigned: z.array(
    z.strictObject({
      why: z.enum([
        'distribution off',
        'nobody qualifies',
        'responsible left',
        'behind others in line',
        'unassigned by hand',
        'not asked',
      ]),
      sessions: z.int(),
    }),
  ),
  /** How often a session came into the waiting line. */
  joinedLine: z.int(),
});

const choice = z.strictObject({ agent: agentRef.nullable(), why: z.array(traceStep) });

/** The same sessions as they went, as the present settings would have it, and as the proposed ones would. */
export const assignmentDryRun = z
  .strictObject({
    ...period,
    /** Rounds that began in the period. */
    sessions: z.int(),
    agents: z.array(
      z.strictObject({ agent: agentRef, recorded: share, present: share, proposed: share }),
    ),
    recorded: side,
    present: side,
    proposed: side,
    /** Rounds that would have ended with somebody else than by the present settings. */
    moved: z.int(),
    /** Some of these. */
    examples: z.array(
      z.strictObject({
        session: sessionId,
        customer: z.string().nullable(),
        openedAt: instant,
        recorded: agentRef.nullable(),
        present: choice,
        proposed: choice,
      }),
    ),
  })
  .meta({ id: 'AssignmentDryRun' });
export type AssignmentDryRun = z.infer<typeof assignmentDryRun>;

const clockCounts = z.strictObject({
  /** Waits by what became of the response deadline; `running`: neither answered nor missed yet. */
  met: z.int(),
  missed: z.int(),
  none: z.int(),
  running: z.int(),
  /** Reassign time-outs that would have fired. */
  timeOuts: z.int(),
  /** Automatic closes that would have fired; `cutOff`: before a message of the customer that found the session open. */
  closes: z.int(),
  cutOff: z.int(),
});

const twoCounts = { present: clockCounts, proposed: clockCounts };

/** The recorded answer times held against the present clocks and the proposed ones. */
export const clocksDryRun = z
  .strictObject({
    ...period,
    total: z.strictObject(twoCounts),
    /** By who was in charge; null = nobody. */
    agents: z.array(z.strictObject({ agent: agentRef.nullable(), ...twoCounts })),
  })
  .meta({ id: 'ClocksDryRun' });
export type ClocksDryRun = z.infer<typeof clocksDryRun>;
