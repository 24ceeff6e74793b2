/** What the rules answer by themselves: to comments (R16), and in chats (R66). */
import { hasContact } from './contacts.ts';
import { containsPhrase } from './fold.ts';

/** A rule without keywords is for every comment, one without a post for every post. */
export type CommentRule = {
  postId: string | null;
  keywords: string[];
  /** What is answered in public, and in private; null = nothing. */
  comment: string | null;
  privateMessage: string | null;
};

export type CommentAutomation = { rules: CommentRule[]; hideContacts: boolean; like: boolean };

export type ChatAutomation = {
  away: { on: boolean; text: string };
  firstContact: { on: boolean; text: string };
};

export type NewComment = {
  author: 'customer' | 'page';
  /** Under the post itself, or in a thread: one among customers, or one in which the page takes part. */
  place: 'post' | 'customers' | 'page';
  platform: 'facebook' | 'instagram';
  postId: string;
  text: string;
};

export type NewChatMessage = {
  /** The customer has never written here before; what they took back before anybody welcomed them was not written. */
  isFirstEver: boolean;
  /** Nothing that the customer wrote before it waits for an answer. */
  startsWait: boolean;
  isOpenNow: boolean;
  /** In this round the customer has been told already that nobody is here. */
  wasToldAway: boolean;
};

export type AutomaticActionType =
  'comment_reply' | 'private_reply' | 'hide' | 'like' | 'away' | 'first_contact';

export type AutomaticAction = {
  type: AutomaticActionType;
  /** Null where nothing is written. */
  text: string | null;
  trace: AutomaticTrace;
};

/** Why something was done: every rule that was looked at, up to the one that was taken. */
export type AutomaticTrace = { why: AutomaticReason; rules: RuleStep[] };

export type AutomaticReason =
  'rule' | 'contact' | 'every comment' | 'outside business hours' | 'first contact';

export type RuleStep = {
  /** Its place in the list, from 0. */
  rule: number;
  result: 'another post' | 'no keyword' | 'taken';
  /** The one that was found; null where the rule asks for none. */
  keyword: string | null;
};

/**
 * What a new comment brings about, in the order in which it is to be carried out: it is answered before it is hidden.
 * The page's own comments bring about nothing, and who answers the page is not answered: else two answers would go on
 * for ever.
 */
export function decideOnComment(
  settings: CommentAutomation,
  comment: NewComment,
): AutomaticAction[] {
  if (comment.author === 'page') return [];
  const actions = comment.place === 'page' ? [] : answersTo(settings.rules, comment);
  actions.push(...hiding(settings, comment.text));
  if (settings.like && comment.platform === 'facebook')
    actions.push(silent('like', 'every comment'));
  return actions;
}

/** What an edit of a customer's comment brings about: it was answered, and liked, as it was written first. */
export function decideOnEdit(settings: CommentAutomation, text: string): AutomaticAction[] {
  return hiding(settings, text);
}

function hiding({ hideContacts }: CommentAutomation, text: string): AutomaticAction[] {
  return hideContacts && hasContact(text) ? [silent('hide', 'contact')] : [];
}

/** What a customer's new message in a chat brings about: a welcome, and that nobody is here now. */
export function decideOnChatMessage(
  { away, firstContact }: ChatAutomation,
  message: NewChatMessage,
): AutomaticAction[] {
  const actions: AutomaticAction[] = [];
  if (firstContact.on && message.isFirstEver)
    actions.push(said('first_contact', firstContact.text, 'first contact'));
  if (away.on && message.startsWait && !message.isOpenNow && !message.wasToldAway)
    actions.push(said('away', away.text, 'outside business hours'));
  return actions;
}

/** By the first rule that is for it. */
function answersTo(rules: readonly CommentRule[], comment: NewComment): AutomaticAction[] {
  const steps: RuleStep[] = [];
  for (const [index, rule] of rules.entries()) {
    const step = lookAt(rule, index, comment);
    steps.push(step);
    if (step.result === 'taken') return answersOf(rule, { why: 'rule', rules: steps });
  }
  return [];
}

function lookAt(rule: CommentRule, index: number, { postId, text }: NewComment): RuleStep {
  if (rule.postId !== null && rule.postId !== postId)
    return { rule: index, result: 'another post', keyword: null };
  const keyword = rule.keywords.find((phrase) => containsPhrase(text, phrase)) ?? null;
  if (rule.keywords.length > 0 && keyword === null)
    return { rule: index, result: 'no keyword', keyword };
  return { rule: index, result: 'taken', keyword };
}

function answersOf(rule: CommentRule, trace: AutomaticTrace): AutomaticAction[] {
  const { comment, privateMessage } = rule;
  return [
    ...(comment === null ? [] : [{ type: 'comment_reply' as const, text: comment, trace }]),
    ...(privateMessage === null
      ? []
      : [{ type: 'private_reply' as const, text: privateMessage, trace }]),
  ];
}

function said(type: AutomaticActionType, text: string, why: AutomaticReason): AutomaticAction {
  return { type, text, trace: { why, rules: [] } };
}

function silent(type: AutomaticActionType, why: AutomaticReason): AutomaticAction {
  return { type, text: null, trace: { why, rules: [] } };
}
