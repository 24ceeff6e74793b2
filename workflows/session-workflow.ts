import { continueAsNew, log, setDefaultSignalHandler, setHandler } from '@temporalio/workflow';
import {
  explainQuery,
  journalSignal,
  viewQuery,
  type Carried,
  type SessionInput,
} from './messages.ts';
import { SessionRun } from './session-run.ts';

/** One session while it is open: waits for facts and deadlines, asks the rules, commits what they say. */
export async function conversationSession(input: SessionInput): Promise<void> {
  const run = new SessionRun(input.sessionId, input.carry ?? null);
  setHandler(journalSignal, (entries) => run.receive(entries), {
    description: 'Entries of the session journal; an empty list asks to look for work',
  });
  // A signal without a handler would lie unseen until the run ends.
  setDefaultSignalHandler((name) => log.warn('unknown signal ignored', { name }));
  setHandler(viewQuery, () => run.view(), { description: 'The session as the rules see it' });
  setHandler(explainQuery, () => run.explain(), {
    description: 'In whose charge, why, and what happens next',
  });
  const carry: Carried | null = await run.serve();
  if (carry !== null) await continueAsNew<typeof conversationSession>({ ...input, carry });
}
