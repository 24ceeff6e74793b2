/** Search, the inbox's new views, and lists that stay quick while sessions sleep. */
export const sql = /* sql */ `
-- ── Search ───────────────────────────────────────────────────────────────────────────────────────────────────────
-- As domain/fold.ts compares text: without accents and capital letters, whichever way they were composed. The
-- collation is named, so that every installation folds alike.
create function fold(text) returns text language sql immutable strict parallel safe
return replace(lower(regexp_replace(normalize($1, nfd), '[\\u0300-\\u036f\\u1ab0-\\u1aff\\u1dc0-\\u1dff\\u20d0-\\u20ff\\ufe00-\\ufe0f\\ufe20-\\ufe2f]', '', 'g')
  collate "pg_c_utf8"), 'đ', 'd');

-- Its words with a space between each two; of a message what is behind its first ten thousand characters is cut off.
create function folded_words(text) returns text language sql immutable strict parallel safe
return trim(regexp_replace(fold(left($1, 10000)) collate "pg_c_utf8", '[^[:alnum:]]+', ' ', 'g'));

-- No parser of Postgres' comes between: it would take "ao/quan" for the name of a file, and not find "quan" in it.
-- There is a limit to the length of a word, 2 kB, which shorter texts cannot come to, however long their letters are
-- once they are taken apart.
create function words_of(text) returns tsvector language sql immutable strict parallel safe
return (case when length($1) < 150 then folded_words($1)
  else regexp_replace(folded_words($1), '(\\S{100})\\S+', '\\1', 'g') end)::tsvector;

-- What is looked for: all of its words, the last of which may only have been begun, by two letters at least. Null =
-- there is no word in it.
create function words_wanted(text) returns tsquery language sql immutable strict parallel safe
return (replace(nullif(folded_words(left($1, 200)), ''), ' ', ' & ')
  || case when folded_words(left($1, 200)) ~ '(^| )\\S$' then '' else ':*' end)::tsquery;

alter table message add column words tsvector generated always as (words_of(text)) stored;
-- So many words are told apart when it is guessed how common one is: some thousands, as many syllables as people use.
alter table message alter column words set statistics 300;
-- New words are gathered and put into the index together. Few at a time: a search looks through what is gathered, and
-- who writes the last of them waits for the others.
create index message_words on message using gin (words) with (gin_pending_list_limit = 256);
alter table customer add column name_words tsvector generated always as (words_of(name)) stored;
create index customer_name_words on customer using gin (name_words);
-- By the end of the number, which is what people remember.
create index customer_contact_phone on customer_contact (reverse(value) text_pattern_ops) where kind = 'phone';

-- ── Lists ────────────────────────────────────────────────────────────────────────────────────────────────────────
-- A snoozed session is in no view but its own (R59).
drop index session_main;
drop index session_unassigned;
drop index session_overdue;
drop index session_unread;
drop index session_nobodys;
create index session_main on session (channel_id, kind, last_message_at desc, id desc)
  where status <> 'done' and snoozed_until is null;
create index session_unassigned on session (channel_id, kind, waiting_since, id)
  where status <> 'done' and snoozed_until is null and assignee_id is null;
create index session_overdue on session (channel_id, kind, overdue_at, id)
  where status <> 'done' and snoozed_until is null and overdue_at is not null;
create index session_unread on session (channel_id, kind, last_message_at desc, id desc)
  where status <> 'done' and snoozed_until is null and unanswered;
create index session_nobodys on session (channel_id, kind, last_message_at desc, id desc)
  where status <> 'done' and snoozed_until is null and assignee_id is null;
-- For who sees only nobody's sessions, their own and those that they support: what of their own is unread or late must
-- not be looked for among all that they have.
create index session_own_unread on session (assignee_id, last_message_at desc, id desc)
  where status <> 'done' and snoozed_until is null and unanswered;
create index session_own_overdue on session (assignee_id, overdue_at, id)
  where status <> 'done' and snoozed_until is null and overdue_at is not null;
-- What is about to be reopened is in no list of Done sessions: so the index alone can tell them.
drop index session_done;
create index session_done on session (channel_id, kind, last_message_at desc, id desc)
  where status = 'done' and start_seq <= applied_seq;
-- Done sessions of who was in charge, and of nobody.
create index session_done_of on session (assignee_id, last_message_at desc, id desc) where status = 'done';
create index session_done_nobodys on session (channel_id, kind, last_message_at desc, id desc)
  where status = 'done' and assignee_id is null;

-- ── Mentions ─────────────────────────────────────────────────────────────────────────────────────────────────────
-- The note in which somebody is mentioned (R38).
alter table notification add column message_id text references message on delete cascade;
create index notification_message on notification (message_id) where message_id is not null;
`;
