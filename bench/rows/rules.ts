import type { Line, Row } from '#bench/harness/row.ts';
import { median } from '#bench/harness/numbers.ts';
import { perSecond } from '#bench/harness/pairs.ts';
import type { AgentId, CommandId, MessageId } from '#domain/ids.ts';
import { HOUR, MINUTE, SECOND } from '#domain/instant.ts';
import type { Policy } from '#domain/policy.ts';
import { decide } from '#domain/session/decide.ts';
import type { Entry, Fact } from '#domain/session/entry.ts';
import { evolve } from '#domain/session/evolve.ts';
import { NEW_SESSION, type Session } from '#domain/session/session.ts';
import { takeTurn } from '#domain/session/turn.ts';

const LEAST_PER_SECOND = 500_000;
const START = 1_760_000_000_000;

/** The pure rules on one core: a day of conversation, entry by entry, over and over. */
export const rules: Row = {
  name: 'rules',
  async measure(bench) {
    const runs = bench.size(7, 3);
    const story = tell(40);
    const session = openSession();
    const decided = measure(runs, () => story.reduce(decideAndEvolve, session));
    const turned = measure(runs, () => story.reduce(oneTurn, session));
    return [
      line('decide + evolve, entries of a conversation', decided),
      line('the same as turns of one entry each (clocks and sends included)', turned),
    ];

    function measure(runs: number, once: () => Session): number[] {
      return Array.from({ length: runs }, () => {
        const endAt = performance.now() + bench.size(1_000, 300);
        const started = performance.now();
        let entries = 0;
        let after = session;
        while (performance.now() < endAt) {
          after = once();
          entries += story.length;
        }
        if (after.lastSeq === 0) throw new Error('The story came to nothing');
        return entries / ((performance.now() - started) / 1_000);
      });
    }
  },
};

function line(what: string, rates: number[]): Line {
  const rate = median(rates);
  return {
    what,
    measured: perSecond(rates),
    floor: null,
    ratio: null,
    bar: `≥ ${LEAST_PER_SECOND}/s on one core`,
    isMet: rate >= LEAST_PER_SECOND,
    samples: { rates },
  };
}

function decideAndEvolve(session: Session, entry: Entry): Session {
  const decision = decide(session, entry, entry.at);
  const after = 'refused' in decision ? session : decision.events.reduce(evolve, session);
  return { ...after, lastSeq: entry.seq };
}

function oneTurn(session: Session, entry: Entry): Session {
  return takeTurn(session, { entries: [entry], policy: null, denied: [], now: entry.at }).session;
}

const linh = 'linh' as AgentId;

const policy: Policy = {
  version: 1,
  autoClose: { on: true, afterMs: 24 * HOUR, businessHours: false },
  reassign: { on: true, afterMs: 12 * HOUR, businessHours: false },
  deadline: { on: true, afterMs: 24 * HOUR, warnBeforeMs: HOUR, businessHours: false },
  hours: null,
};

function openSession(): Session {
  const opened: Session[] = [
    evolve(
      { ...NEW_SESSION, policy },
      { type: 'Opened', at: START, round: 1, cause: 'customer', by: null },
    ),
  ];
  return opened.reduce((session) =>
    evolve(session, {
      type: 'Assigned',
      at: START,
      no: 1,
      agent: linh,
      how: 'automatic',
      by: null,
      from: null,
    }),
  );
}

/** Rounds of: two messages of the customer, a command, a reply, its outcome. One minute between entries. */
function tell(rounds: number): Entry[] {
  const facts = Array.from({ length: rounds }, (_, round): Fact[] => {
    const messageId = `reply-${round}` as MessageId;
    const at = START + round * 5 * MINUTE;
    return [
      { kind: 'customer_message', messageId: `one-${round}` as MessageId },
      { kind: 'customer_message', messageId: `two-${round}` as MessageId },
      {
        kind: 'command',
        commandId: `take-${round}` as CommandId,
        agent: linh,
        expiresAt: at + HOUR,
        command: { type: 'take', from: null },
      },
      { kind: 'reply', commandId: `command-${round}` as CommandId, messageId, agent: linh },
      { kind: 'send_outcome', send: { messageId, attempt: 1, result: { is: 'sent' } } },
    ];
  });
  return facts
    .flat()
    .map((fact, index) => ({ ...fact, seq: index + 1, at: START + index * MINUTE + SECOND }));
}
