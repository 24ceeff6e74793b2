import { expect, it } from 'vitest';
import { errorAnswer, errorCode, meaningOf, Problem } from '#contracts/errors.ts';

it('every code has an HTTP status for errors and says something', () => {
  for (const code of errorCode.options) {
    const { status, message } = meaningOf(code);
    expect(status, code).toBeGreaterThanOrEqual(400);
    expect(message, code).toMatch(/^[A-Z].*\.$/);
  }
});

it('a problem says what its code means, unless it knows better', () => {
  expect(new Problem('NOT_FOUND').message).toBe(meaningOf('NOT_FOUND').message);
  const problem = new Problem('INVALID', { message: 'Not so.', field: 'text' });
  expect([problem.message, problem.detail]).toEqual(['Not so.', { field: 'text' }]);
});

it('an answer has one shape', () => {
  const answer = { error: { code: 'TAKEN', message: 'x', assignee: null, text: 'y' } };
  expect(errorAnswer.parse(answer)).toEqual(answer);
  expect(errorAnswer.safeParse({ error: { code: 'NONE', message: 'x' } }).success).toBe(false);
});
