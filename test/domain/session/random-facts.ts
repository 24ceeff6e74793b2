import fc from 'fast-check';
import type { MessageId } from '#domain/ids.ts';
import type { Instant } from '#domain/instant.ts';
import type { Command, Fact, SendReport, SendResult } from '#domain/session/entry.ts';
import { an, binh, chi, commandId, message } from '#test/support/session-builders.ts';

/** Facts that know nothing of the session: their ids are guesses from a few. */
type Guesses = {
  seq: fc.Arbitrary<number>;
  at: fc.Arbitrary<Instant>;
  messageId: fc.Arbitrary<MessageId>;
};

const who = fc.constantFrom(an, binh, chi);

export const anyFact = (guesses: Guesses): fc.Arbitrary<Fact> =>
  fc.oneof(
    { weight: 4, arbitrary: ofKind('customer_message', { messageId: guesses.messageId }) },
    { weight: 1, arbitrary: ofKind('customer_message_removed', { ofSeq: guesses.seq }) },
    { weight: 4, arbitrary: reply(guesses) },
    {
      weight: 4,
      arbitrary: ofKind('command', {
        commandId: anyCommandId,
        agent: who,
        expiresAt: guesses.at,
        command: anyCommand(guesses),
      }),
    },
    {
      weight: 2,
      arbitrary: ofKind('foreign_message', {
        messageId: guesses.messageId,
        answer: fc.boolean(),
        sentAt: guesses.at,
      }),
    },
    { weight: 1, arbitrary: ofKind('settings_changed', { version: fc.nat(3) }) },
    { weight: 1, arbitrary: ofKind('agent_available', {}) },
    { weight: 1, arbitrary: ofKind('agent_left', { agent: who }) },
  );

export const anyReport = ({ messageId, at }: Guesses): fc.Arbitrary<Fact> =>
  ofKind('send_outcome', {
    send: fc.record<SendReport>({
      messageId,
      attempt: fc.constantFrom(null, 1, 2),
      result: fc.oneof<fc.Arbitrary<SendResult>[]>(
        fc.constantFrom<SendResult>(
          { is: 'sent' },
          { is: 'unknown' },
          { is: 'unclaimed' },
          { is: 'not_shown' },
          { is: 'failed', reason: 'blocked' },
        ),
        fc.record({ is: fc.constant('later' as const), notBefore: at }),
      ),
    }),
  });

const anyCommandId = fc.nat(1_000_000).map((n) => commandId(`command-${String(n)}`));

const reply = ({ messageId }: Guesses) =>
  ofKind('reply', { commandId: anyCommandId, messageId, agent: who });

function anyCommand({ seq, messageId }: Guesses): fc.Arbitrary<Command> {
  const from = fc.option(who);
  return fc.oneof<fc.Arbitrary<Command>[]>(
    fc.record({ type: fc.constant('take' as const), from }),
    fc.record({ type: fc.constant('assign' as const), from, agent: who }),
    fc.record({ type: fc.constant('unassign' as const), from: who }),
    fc.record({ type: fc.constant('done' as const), seenSeq: seq }),
    fc.constant({ type: 'reopen' as const }),
    fc.record({ type: fc.constant('retry' as const), messageId }),
    fc.record({ type: fc.constant('confirm' as const), messageId, arrived: fc.boolean() }),
  );
}

function ofKind<Kind extends Fact['kind'], Rest extends object>(
  kind: Kind,
  rest: { [Key in keyof Rest]: fc.Arbitrary<Rest[Key]> },
): fc.Arbitrary<Rest & { kind: Kind }> {
  return fc.record<object>({ kind: fc.constant(kind), ...rest }) as fc.Arbitrary<
    Rest & { kind: Kind }
  >;
}

/** A few messages, so that guesses hit. */
export const fewMessages = fc.nat(5).map((n) => message(`message-${String(n)}`));
