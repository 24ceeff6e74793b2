import { describe, expect, test } from 'vitest';
import { whomItAnswers, withMention, writtenByThen, type Participant } from '#domain/comment.ts';

const lan: Participant = { customer: '1', username: 'lan.hoa', at: 10 };
const minh: Participant = { customer: '2', username: 'minh_92', at: 20 };
const unnamed: Participant = { customer: '3', username: null, at: 30 };

describe('whom the page’s own comment answers', () => {
  test.for<[string, Participant[], { text?: string; tagged?: string[] }, Participant | null]>([
    ['nobody where no customer takes part', [], {}, null],
    ['the only one', [lan], {}, lan],
    ['the last customer, in whatever order they are known', [minh, unnamed, lan], {}, unnamed],
    [
      'of two in the same second the one heard of later',
      [minh, { ...lan, at: 20 }],
      {},
      { ...lan, at: 20 },
    ],
    ['whom the platform says it tags', [lan, minh, unnamed], { tagged: ['1'] }, lan],
    ['whom its words name', [lan, minh, unnamed], { text: 'Dạ @lan.hoa. còn ạ' }, lan],
    ['whom its words name, however it is written', [lan, minh], { text: '@LAN.hoa ơi' }, lan],
    ['the later of two that it tags', [lan, minh, unnamed], { tagged: ['1', '2'] }, minh],
    [
      'the last one, if it tags somebody else',
      [lan, minh],
      { text: '@ai_do', tagged: ['9'] },
      minh,
    ],
    ['not somebody whose name only begins so', [lan, minh], { text: '@lan.hoa2' }, minh],
  ])('%s', ([, thread, { text = null, tagged = [] }, answered]) => {
    expect(whomItAnswers(thread, { text, tagged })).toEqual(answered);
  });
});

describe('a comment of which the platform tells the second', () => {
  test.for([
    ['may have been written until its end', 5_000, 9_000, 5_999],
    ['was written before we heard of it', 5_000, 5_300, 5_300],
    ['was written when the platform says, if its clock is ahead', 5_000, 4_000, 5_000],
  ] as const)('%s', ([, toldAt, heardAt, by]) => {
    expect(writtenByThen(toldAt, heardAt)).toBe(by);
  });
});

describe('the name before an answer to an answer', () => {
  test.for<[string, string, string | null, string]>([
    ['stands before the words', 'Dạ còn', 'lan.hoa', '@lan.hoa Dạ còn'],
    ['is not repeated', 'Chào @lan.hoa nhé', 'lan.hoa', 'Chào @lan.hoa nhé'],
    ['is left out where there is none', 'Dạ còn', null, 'Dạ còn'],
  ])('%s', ([, text, username, sent]) => {
    expect(withMention(text, username)).toBe(sent);
  });
});
