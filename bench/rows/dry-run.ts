import { median } from '#bench/harness/numbers.ts';
import type { Row } from '#bench/harness/row.ts';
import type { TeamMember } from '#domain/assignment.ts';
import { createTimeline } from '#domain/dry-run/timeline.ts';
import {
  compareAssignments,
  diceOf,
  type DryRunHistory,
  type DryRunSettings,
  type RecordedSession,
} from '#domain/dry-run/compare.ts';
import type { AgentId, CustomerId, SessionId } from '#domain/ids.ts';
import { DAY, MINUTE, SECOND } from '#domain/instant.ts';
import { keywordFinder, type KeywordRule } from '#domain/keyword-rule.ts';
import type { SessionEvent } from '#domain/session/event.ts';

const MOST_SECONDS = 5;
const SESSIONS = 100_000;
const TEAM = 20;
const START = 1_760_000_000_000;

/** R64: a month of sessions replayed under two settings, with keywords looked for in what customers wrote. */
export const dryRun: Row = {
  name: 'dry-run',
  async measure(bench) {
    const sessions = bench.size(SESSIONS, 10_000);
    const seconds = Array.from({ length: bench.size(5, 2) }, () => replay(sessions));
    const measured = median(seconds);
    const bar = (MOST_SECONDS * sessions) / SESSIONS;
    return [
      {
        what: `dry run: ${sessions} sessions, a team of ${TEAM}, ${RULES.length} keyword rules`,
        measured: `${measured.toFixed(2)} s`,
        floor: null,
        ratio: null,
        bar: `≤ ${bar} s on one core`,
        isMet: measured <= bar,
        samples: { seconds },
      },
    ];
  },
};

/** @returns seconds, from the customers' words to the comparison */
function replay(sessions: number): number {
  const started = performance.now();
  const history = aMonth(sessions);
  const steps = compareAssignments(
    history,
    { present: settings([]), proposed: settings(RULES) },
    diceOf(1),
  );
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  const { sessions: replayed, moved } = step.value;
  if (replayed !== sessions || moved === 0) throw new Error('The month was not replayed');
  return (performance.now() - started) / 1_000;
}

const TOPICS = [
  'giá',
  'ship',
  'size',
  'màu',
  'đổi trả',
  'bảo hành',
  'thanh toán',
  'khuyến mãi',
  'còn hàng',
  'địa chỉ',
];
const RULES = TOPICS.map((topic, nr): KeywordRule => ({
  keywords: [topic, `${topic} bao nhiêu`, `hỏi ${topic}`, `cho ${topic}`],
  target: { type: 'agent', id: agent(nr) },
}));

function agent(nr: number): AgentId {
  return `agent ${nr % TEAM}` as AgentId;
}

function settings(keywordRules: KeywordRule[]): DryRunSettings {
  const team = Array.from({ length: TEAM }, (_, nr): TeamMember => ({
    agent: agent(nr),
    disabled: false,
    receives: true,
    online: false,
    away: false,
    load: 0,
    capacity: 50,
    listed: true,
  }));
  return {
    rules: {
      sticky: true,
      distribution: true,
      ownerPriority: true,
      mode: 'sequential',
      applyTo: 'online',
      keywordRules,
      transferOwner: true,
    },
    team: { message: team, comment: team },
  };
}

/** Three visits of each customer; every second time they ask about one of the topics. */
function aMonth(sessions: number): DryRunHistory {
  const happenings = createTimeline(START);
  for (let nr = 0; nr < TEAM; nr += 1)
    for (let day = -1; day < 30; day += 1) {
      const at = START + day * DAY + nr * MINUTE;
      happenings.add({ type: 'presence', at, agent: agent(nr), online: true, away: false });
      if (nr % 2 === 0)
        happenings.add({
          type: 'presence',
          at: at + DAY / 2,
          agent: agent(nr),
          online: false,
          away: false,
        });
    }
  const find = keywordFinder(RULES);
  const customers = Math.ceil(sessions / 3);
  for (let nr = 0; nr < customers; nr += 1) {
    const visits = Math.min(3, sessions - nr * 3);
    const session = customerOf(nr, visits, find);
    for (let visit = 0; visit < visits; visit += 1)
      for (const event of visitOf(nr, visit))
        happenings.add({ type: 'session', at: event.at, session, event });
  }
  return { from: START, happenings, cursors: { message: {}, comment: {} }, groups: {} };
}

function arrival(nr: number, visit: number): number {
  return START + visit * 10 * DAY + ((nr * 7_919) % (9 * 24 * 3_600)) * SECOND;
}

function customerOf(nr: number, visits: number, find: (text: string) => string[]): RecordedSession {
  const said = Array.from({ length: visits }, (_, visit) => {
    const topic = (nr + visit) % 2 === 0 ? TOPICS[nr % TOPICS.length] : 'sản phẩm này';
    const text = `Chào shop, mình muốn hỏi ${topic} của mẫu áo khoác số ${nr} đăng hôm qua trên trang nhé ❤`;
    return { seq: visit + 1, at: arrival(nr, visit), keywords: find(text) };
  });
  return {
    id: `session ${nr}` as SessionId,
    kind: nr % 3 === 0 ? 'comment' : 'message',
    person: `customer ${nr}` as CustomerId,
    owner: null,
    lastAssignee: null,
    others: [],
    said: said.filter(({ keywords }) => keywords.length > 0),
  };
}

function visitOf(nr: number, visit: number): SessionEvent[] {
  const at = arrival(nr, visit);
  const no = visit + 1;
  return [
    { type: 'Opened', at, round: no, cause: 'customer', by: null },
    { type: 'WaitStarted', at, no, unanswered: [[no, at]] },
    { type: 'Assigned', at, no, agent: agent(nr), how: 'automatic', by: null, from: null },
    { type: 'WaitEnded', at: at + 10 * MINUTE, no, cause: 'answered', endedAt: at + 10 * MINUTE },
    { type: 'MarkedDone', at: at + 60 * MINUTE, cause: 'clock', by: null, closingText: 'none' },
  ];
}
