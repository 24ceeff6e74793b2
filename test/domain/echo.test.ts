import { expect, test } from 'vitest';
import { echoAuthor, type EchoAuthor, type EchoFacts } from '#domain/echo.ts';
import { SECOND } from '#domain/instant.ts';
import { minute } from '#test/support/session-builders.ts';

const inbox = 'meta-inbox';
const wrote = minute(0);
const echo: EchoFacts = {
  appId: null,
  ourAppId: 'everthread',
  inboxAppIds: [inbox],
  occurredAt: wrote + 60 * SECOND,
  lastCustomerEventAt: wrote,
};

test.for<[string, Partial<EchoFacts>, EchoAuthor]>([
  ['our own app', { appId: 'everthread' }, 'us'],
  [
    'our own app, however soon after the customer',
    { appId: 'everthread', occurredAt: wrote },
    'us',
  ],
  ['no app: typed in the platform', {}, 'staff elsewhere'],
  ["an app of Meta's own inbox", { appId: inbox }, 'staff elsewhere'],
  ['any other app', { appId: 'some-bot' }, 'other app'],
  ['any other app, however late', { appId: 'some-bot', occurredAt: minute(60) }, 'other app'],
  [
    "within ten seconds of the customer's message: an instant reply",
    { occurredAt: wrote + 10 * SECOND },
    'other app',
  ],
  [
    'an instant reply of the inbox app',
    { appId: inbox, occurredAt: wrote + 1 * SECOND },
    'other app',
  ],
  [
    "in the millisecond of the customer's message: an instant reply",
    { occurredAt: wrote },
    'other app',
  ],
  ['after ten seconds: a person', { occurredAt: wrote + 10 * SECOND + 1 }, 'staff elsewhere'],
  ["before the customer's message: a person", { occurredAt: wrote - 1 }, 'staff elsewhere'],
  ['to a customer who has never written', { lastCustomerEventAt: null }, 'staff elsewhere'],
])('%s', ([, change, author]) => {
  expect(echoAuthor({ ...echo, ...change })).toBe(author);
});
