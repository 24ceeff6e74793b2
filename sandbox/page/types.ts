/** What the sandbox's play API answers, as far as the page looks at it. */

export type Platform = 'facebook' | 'instagram';
export type Page = { id: string; name: string; platform: Platform };
export type Customer = { id: string; name: string; username: string };

export type Message = {
  mid: string;
  page: string;
  customer: string;
  from: 'customer' | 'page';
  text: string;
  at: number;
};

export type Post = { id: string; page: string; platform: Platform; text: string; at: number };

export type Comment = {
  id: string;
  post: string;
  page: string;
  parent: string | null;
  from: { id: string; name: string; isPage: boolean } | null;
  text: string;
  at: number;
  editedAt: number | null;
  isRemoved: boolean;
};

export type SandboxEvent =
  | { type: 'page'; page: Page }
  | { type: 'customer'; customer: Customer }
  | { type: 'message'; message: Message }
  | { type: 'post'; post: Post }
  | { type: 'post_removed'; id: string }
  | { type: 'comment' | 'comment_edited' | 'comment_removed'; comment?: Comment }
  | { type: 'sender_action'; page: string; customer: string; action: SenderAction; at: number }
  | { type: 'webhook' | 'webhook_settled' };

/** What the Page shows a customer between messages. */
export type SenderAction = 'typing_on' | 'typing_off' | 'mark_seen';

export type View = {
  conversations: { page: Page; messages: Message[] }[];
  posts: { post: Post; comments: Comment[] }[];
};

/** All that the page knows. Folding the same event twice changes nothing. */
export type Model = {
  pages: Map<string, Page>;
  customers: Map<string, Customer>;
  posts: Map<string, Post>;
  /** By post, then by id. */
  comments: Map<string, Map<string, Comment>>;
  /** By `threadKey`, then by mid. */
  threads: Map<string, Map<string, Message>>;
  /** By `threadKey`: since when the Page types; it ends with a message, or by itself. */
  typing: Map<string, number>;
  /** By `threadKey`: up to when the Page has seen what the customer wrote. */
  seenByPage: Map<string, number>;
};

export type Tab = 'messages' | 'posts';

/** What is being looked at; kept in the address. */
export type Place = { customer: string | null; page: string | null; tab: Tab };

/** Where a comment goes. */
export type Target = { post: string; parent: string | null };
