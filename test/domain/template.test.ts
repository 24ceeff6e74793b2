import { expect, it } from 'vitest';
import { fillTemplate } from '#domain/template.ts';

const names = { customer: 'Lan', agent: 'Bình' };

it.each([
  ['Chào {{customer.name}}, mình là {{agent.name}}', 'Chào Lan, mình là Bình'],
  ['{{ customer.name }} ơi, {{customer.name}} ơi', 'Lan ơi, Lan ơi'],
  ['Mã {{order.id}} của {{customer}}', 'Mã {{order.id}} của {{customer}}'],
  ['{{customer.name', '{{customer.name'],
  ['{{Customer.Name}}', '{{Customer.Name}}'],
  ['{{customer.constructor}}', '{{customer.constructor}}'],
  ['', ''],
])('of %j makes %j', (content, filled) => {
  expect(fillTemplate(content, names)).toBe(filled);
});

it('takes names as they are, whatever is in them', () => {
  const odd = { customer: '{{agent.name}} $& $1', agent: 'Bình' };
  expect(fillTemplate('Chào {{customer.name}}!', odd)).toBe('Chào {{agent.name}} $& $1!');
});

it('leaves the place of a name that is not known empty', () => {
  expect(fillTemplate('Chào {{customer.name}}!', { ...names, customer: null })).toBe('Chào !');
});
