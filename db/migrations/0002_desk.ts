/** What the browser desk needs: read marks, internal notes, notifications that name who and why. */
export const sql = /* sql */ `
-- Up to where an agent has read a session. A staff answer reads it for everybody, but not over unread_over: the
-- newest seq when the agent marked it as unread.
create table read_mark (
  agent_id text not null references agent on delete cascade,
  session_id text not null references session on delete cascade,
  last_read_seq bigint not null default 0,
  unread_over bigint,
  primary key (session_id, agent_id)
) with (fillfactor = 80);
create index read_mark_lowered on read_mark (agent_id) where unread_over is not null;

-- The newest customer's message that was not taken back, and the newest accepted staff answer. Written by the triggers
-- below alone: many ways lead to a message, and unread counters must not depend on all of them.
alter table session add column customer_seq bigint not null default 0;
alter table session add column answer_seq bigint not null default 0;
-- In an index by itself: it changes seldom, the two of which it is made with each message.
alter table session add column unanswered boolean not null generated always as (customer_seq > answer_seq) stored;

create function note_new_messages() returns trigger language plpgsql as $$
begin
  update session s set customer_seq = greatest(s.customer_seq, newest.customer),
    answer_seq = greatest(s.answer_seq, newest.answer)
  from (
    select session_id, max(seq) filter (where direction = 'in' and removed_at is null) as customer,
      max(seq) filter (where direction = 'out' and author in ('agent', 'elsewhere')
        and state in ('sent', 'delivered', 'seen')) as answer
    from arrived group by session_id
  ) newest
  where s.id = newest.session_id and (newest.customer > s.customer_seq or newest.answer > s.answer_seq);
  return null;
end $$;
create trigger message_arrived after insert on message
  referencing new table as arrived for each statement execute function note_new_messages();

create function note_accepted_answer() returns trigger language plpgsql as $$
begin
  update session s set answer_seq = new.seq where s.id = new.session_id and s.answer_seq < new.seq;
  return null;
end $$;
create trigger message_accepted after update of state on message for each row
  when (new.direction = 'out' and new.author in ('agent', 'elsewhere')
    and new.state in ('sent', 'delivered', 'seen') and old.state not in ('sent', 'delivered', 'seen'))
  execute function note_accepted_answer();

create function note_removed_message() returns trigger language plpgsql as $$
begin
  update session s set customer_seq = coalesce((
    select m.seq from message m
    where m.session_id = new.session_id and m.direction = 'in' and m.removed_at is null
    order by m.seq desc limit 1), 0)
  where s.id = new.session_id and s.customer_seq = new.seq;
  return null;
end $$;
create trigger message_removed after update of removed_at on message for each row
  when (new.direction = 'in' and new.removed_at is not null and old.removed_at is null)
  execute function note_removed_message();

-- The desk always looks at one kind: without it in the index a few comments would be looked for among all messages.
drop index session_main;
drop index session_done;
drop index session_unassigned;
drop index session_overdue;
create index session_main on session (channel_id, kind, last_message_at desc, id desc) where status <> 'done';
create index session_done on session (channel_id, kind, last_message_at desc, id desc) where status = 'done';
create index session_unassigned on session (channel_id, kind, waiting_since, id)
  where status <> 'done' and assignee_id is null;
create index session_overdue on session (channel_id, kind, overdue_at, id)
  where status <> 'done' and overdue_at is not null;
create index session_unread on session (channel_id, kind, last_message_at desc, id desc)
  where status <> 'done' and unanswered;

-- Few sessions are open, and most of what is unanswered is: else the planner takes the indexes above for shorter
-- than they are, and sorts them whole.
create statistics session_open (mcv) on status, unanswered, (assignee_id is null) from session;
-- For who sees nobody's sessions and their own.
create index session_nobodys on session (channel_id, kind, last_message_at desc, id desc)
  where status <> 'done' and assignee_id is null;

-- Internal notes stand in the thread, at the place where they were written.
alter table message drop constraint message_direction_check;
alter table message add constraint message_direction_check check (direction in ('in', 'out', 'note'));

-- What goes with an assignment by hand waits here until it is carried out (R34); text never enters the journal.
alter table command add column note text;
alter table assignment add column note_id text;

-- Which assignment a notification tells of: it is pointless once there is a later one.
alter table notification add column assignment_no int;
create index notification_agent on notification (agent_id, created_at desc, id desc);
drop index notification_unread;
create index notification_unread on notification (agent_id, created_at desc, id desc) where read_at is null;
`;
