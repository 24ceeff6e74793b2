/** Comments: posts, the threads under them, and how people are called there. */
export const sql = /* sql */ `
-- What a webhook told of a post; where it told nothing there is no row, or null.
create table post (
  channel_id text not null references channel,
  external_id text not null,
  text text,
  permalink text,
  primary key (channel_id, external_id)
);

-- In comment sessions mid is the comment's id. parent: the top-level comment under which the platform shows it, null =
-- it is one. reply_to: of what an agent wrote, the comment that it answers.
alter table message add column parent text;
alter table message add column reply_to text;
create index message_parent on message (channel_id, parent) where parent is not null;
-- Sent by us, and not yet known by the platform's id: an event without our id in it may be about one of these.
create index message_nameless on message (session_id) where direction = 'out' and mid is null;

-- Instagram: the name that a comment mentions somebody by.
alter table customer_identity add column username text;
`;
