/** The session engine, complete: groups, channel settings, presence, the line's wakes, customers' facts, what statistics count. */
export const sql = /* sql */ `
-- ── People ───────────────────────────────────────────────────────────────────────────────────────────────────────
create table team_group (
  id text primary key,
  name text not null,
  created_at timestamptz not null default now(),
  version int not null default 1
);
create unique index team_group_name on team_group (lower(name));
create table team_group_member (
  group_id text not null references team_group on delete cascade,
  agent_id text not null references agent on delete cascade,
  position int not null,
  primary key (group_id, agent_id)
);
create index team_group_member_agent on team_group_member (agent_id);

-- At most so many open, not snoozed sessions by automatic distribution; null = as the workspace says (R48).
alter table agent add column capacity int check (capacity >= 0);
-- Logins are deleted when they end.
alter table agent add column last_login_at timestamptz;

-- One-time links: an invitation makes an agent, a reset gives an existing one a new password. Only the hash is kept.
create table invitation (
  token_hash bytea primary key,
  purpose text not null check (purpose in ('invitation', 'reset')),
  email text not null,
  name text not null,
  role text not null check (role in ('owner', 'admin', 'staff')),
  agent_id text references agent on delete cascade,
  invited_by text references agent,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz
);
create index invitation_open on invitation (created_at) where used_at is null;

alter table api_token add column last_used_at timestamptz;

-- Who changed what in settings, people and exports (R55). Rows are only ever added.
create table audit_log (
  id text primary key,
  at timestamptz not null default clock_timestamp(),
  -- Null: the installation itself.
  agent_id text references agent,
  -- What was done, and to what: 'channel.assignment.changed', 'agent.disabled', 'export.sessions' …
  action text not null,
  subject_type text not null,
  subject_id text,
  before jsonb,
  after jsonb
);
create index audit_log_at on audit_log (at desc, id desc);
create index audit_log_subject on audit_log (subject_id, at desc, id desc);

-- Someone left the team of a channel (null: of all, by being disabled), or went away: their sessions there are handed
-- on in a transaction of its own, after every assignment that had still counted on them has ended.
create table departure (
  id bigint generated always as identity primary key,
  agent_id text not null references agent on delete cascade,
  channel_id text references channel on delete cascade,
  cause text not null check (cause in ('left', 'offline', 'shift ended')),
  told_to text not null default '',
  at timestamptz not null default clock_timestamp()
);

-- ── The team of a channel ────────────────────────────────────────────────────────────────────────────────────────
create table channel_group (
  channel_id text not null references channel on delete cascade,
  group_id text not null references team_group on delete cascade,
  position int not null,
  primary key (channel_id, group_id)
);
create index channel_group_group on channel_group (group_id);
-- Without a position it only holds the switches of somebody who is of the team by a group.
alter table channel_agent alter column position drop not null;

-- R3: the listed users in their order, then the members of the groups in theirs; the first occurrence counts.
create view channel_member as
select distinct on (channel_id, agent_id) channel_id, agent_id, place, receives_messages, receives_comments
from (
  select channel_id, agent_id, array[0, position, 0] as place, receives_messages, receives_comments
  from channel_agent where position is not null
  union all
  select listed.channel_id, member.agent_id, array[1, listed.position, member.position],
    coalesce(switches.receives_messages, true), coalesce(switches.receives_comments, true)
  from channel_group listed
  join team_group_member member on member.group_id = listed.group_id
  left join channel_agent switches
    on switches.channel_id = listed.channel_id and switches.agent_id = member.agent_id
) occurrence
order by channel_id, agent_id, place;

-- ── Settings of a channel (R3–R16); a version per section, since each has a Save of its own ──────────────────────
alter table channel
  add column support_version int not null default 1,
  add column assignment_version int not null default 1,
  add column interaction_version int not null default 1,
  add column sticky boolean not null default true,
  add column owner_priority boolean not null default false,
  add column mode text not null default 'sequential' check (mode in ('sequential', 'random')),
  add column apply_to text not null default 'all' check (apply_to in ('online', 'all')),
  -- [{keywords: text[], target: {type: 'group' | 'agent', id}}], first match wins (R9).
  add column keyword_rules jsonb not null default '[]',
  add column transfer_owner boolean not null default false,
  -- Given to every customer who is first created by the channel (R13, R14).
  add column lead_tag_id text,
  add column lead_source text,
  add column comment_reply text not null default 'comment' check (comment_reply in ('comment', 'private')),
  -- {rules: […], hideContacts: boolean, like: boolean}, see contracts/channel-settings.ts (R16).
  add column comment_automation jsonb not null default '{"rules": [], "hideContacts": false, "like": false}',
  -- {away: {on, text}, firstContact: {on, text}} (R66).
  add column chat_automation jsonb not null default
    '{"away": {"on": false, "text": ""}, "firstContact": {"on": false, "text": ""}}';

-- ── Workspace ────────────────────────────────────────────────────────────────────────────────────────────────────
alter table workspace
  -- {days: [[ [from, to], … ] × 7, Monday first, in minutes of the day], holidays: ['2026-02-17', …]}; null = around the clock (R46).
  add column business_hours jsonb,
  add column capacity int check (capacity >= 0),
  add column presence_grace_seconds int not null default 60 check (presence_grace_seconds between 5 and 3600),
  add column hand_back_offline boolean not null default false,
  add column people_version int not null default 1;

-- ── Presence (R58) ───────────────────────────────────────────────────────────────────────────────────────────────
create table presence (
  agent_id text primary key references agent on delete cascade,
  -- The newest beat of a browser that is connected; null = never.
  seen_at timestamptz,
  -- The API process that said so; it need not be there any more.
  seen_by text,
  -- Set by the agent: nothing new until they are back.
  away boolean not null default false,
  -- What distribution goes by. Goes up with the first beat, down only by the evaluation of every API's beats.
  online boolean not null default false
) with (fillfactor = 70);
create table presence_event (
  agent_id text not null references agent on delete cascade,
  at timestamptz not null default clock_timestamp(),
  online boolean not null,
  away boolean not null,
  primary key (agent_id, at)
);
create index presence_event_at on presence_event (at);
-- API processes that are up: nobody is taken for gone until each has been up for one grace time.
create table api_process (
  id text primary key,
  started_at timestamptz not null default clock_timestamp(),
  seen_at timestamptz not null default clock_timestamp()
);

-- ── The session's part ───────────────────────────────────────────────────────────────────────────────────────────
alter table session
  -- Written by commitTurn alone, like the status.
  add column supporters text[] not null default '{}',
  add column snoozed_until timestamptz,
  -- Whom R4 goes back to, kept over Done.
  add column last_assignee_id text,
  -- A wake entry stands in its journal and has not been used yet: set with the entry, cleared by commitTurn.
  add column line_woken_at timestamptz;
update session set last_assignee_id = state->>'lastAssignee',
  -- A Done one stays with who was in charge when it was closed.
  assignee_id = case status when 'done' then state->>'lastAssignee' else assignee_id end
  where state is not null;
create index session_supporters on session using gin (supporters) where status <> 'done' and supporters <> '{}';
create index session_snoozed on session (channel_id, kind, snoozed_until, id) where snoozed_until is not null;

-- Something may have made a place free, or brought somebody into the line: it is to be examined. Only rows, so that
-- nobody waits for anybody; whoever examines the line takes away what was there before.
create table line_stir (id bigint generated always as identity primary key);

-- ── Labels, templates, tags ──────────────────────────────────────────────────────────────────────────────────────
create table label (
  id text primary key,
  name text not null,
  color text not null,
  position int not null,
  retired_at timestamptz,
  created_at timestamptz not null default now()
);
create unique index label_name on label (lower(name)) where retired_at is null;
create table session_label (
  session_id text not null references session on delete cascade,
  label_id text not null references label on delete cascade,
  primary key (session_id, label_id)
);
create index session_label_label on session_label (label_id, session_id);

create table tag (
  id text primary key,
  name text not null,
  color text not null default '#64748b',
  created_at timestamptz not null default now()
);
create unique index tag_name on tag (lower(name));

create table template (
  id text primary key,
  title text,
  content text not null,
  -- Null: for all pages.
  channel_ids text[],
  label_ids text[] not null default '{}',
  attachments jsonb not null default '[]',
  author_id text not null references agent,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version int not null default 1
);

-- What happened to a session beside its workflow: labels, notes, moderation. History shows it among its events (R22).
create table side_event (
  id text primary key,
  session_id text not null references session on delete cascade,
  at timestamptz not null default clock_timestamp(),
  agent_id text references agent,
  type text not null check (type in ('label_added', 'label_removed', 'note', 'moderation')),
  detail jsonb not null default '{}'
);
create index side_event_session on side_event (session_id, at desc, id desc);

-- Who is named in an internal note (R38).
create table mention (
  message_id text not null references message on delete cascade,
  agent_id text not null references agent on delete cascade,
  primary key (message_id, agent_id)
);

-- ── Customers as people of a small CRM ───────────────────────────────────────────────────────────────────────────
alter table customer
  -- The same person on another channel: what is known of them is kept at that customer's row. Never a chain.
  add column merged_into text references customer,
  add column owner_id text references agent,
  add column stage text not null default 'lead' check (stage in ('lead', 'contact')),
  add column lead_source text,
  add column blocked_at timestamptz,
  add column blocked_by text references agent;
create index customer_merged on customer (merged_into) where merged_into is not null;
create index customer_owner on customer (owner_id) where owner_id is not null;
create table customer_tag (
  customer_id text not null references customer on delete cascade,
  tag_id text not null references tag on delete cascade,
  primary key (customer_id, tag_id)
);
create index customer_tag_tag on customer_tag (tag_id);
-- Phone numbers and e-mail addresses found in what they wrote.
create table customer_contact (
  customer_id text not null references customer on delete cascade,
  kind text not null check (kind in ('phone', 'email')),
  -- In one form, so that the same number is one row: digits with the country's prefix, or lower case.
  value text not null,
  message_id text references message on delete set null,
  found_at timestamptz not null default clock_timestamp(),
  primary key (customer_id, kind, value)
);
create table customer_note (
  id text primary key,
  customer_id text not null references customer on delete cascade,
  agent_id text not null references agent,
  text text not null,
  created_at timestamptz not null default clock_timestamp(),
  removed_at timestamptz
);
create index customer_note_customer on customer_note (customer_id, created_at desc);
create table customer_event (
  id text primary key,
  customer_id text not null references customer on delete cascade,
  at timestamptz not null default clock_timestamp(),
  -- Null: the rules.
  agent_id text references agent,
  type text not null,
  detail jsonb not null default '{}'
);
create index customer_event_customer on customer_event (customer_id, at desc, id desc);

-- ── What the rules say about comments and chats beside the session (R16, R66): decided once, stored, then carried out ─
create table automatic_action (
  id text primary key,
  session_id text not null references session on delete cascade,
  -- The customer's message or comment that it follows.
  message_id text not null references message on delete cascade,
  type text not null check (type in ('comment_reply', 'private_reply', 'hide', 'like', 'away', 'first_contact')),
  -- Actions of one message are carried out in this order.
  position int not null,
  text text,
  -- Which rule, and why: the trace of the decision.
  trace jsonb not null default '{}',
  state text not null default 'decided' check (state in ('decided', 'done', 'failed', 'skipped')),
  failure text,
  created_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz,
  unique (message_id, type)
);
create index automatic_action_open on automatic_action (created_at) where state = 'decided';
create index automatic_action_session on automatic_action (session_id);

-- The page's own replies that were told of before the comment that they answer: kept until that comes.
create table early_comment (
  channel_id text not null references channel,
  mid text not null,
  -- The top-level comment that is waited for.
  root text not null,
  comment jsonb not null,
  received_at timestamptz not null default clock_timestamp(),
  primary key (channel_id, mid)
);
create index early_comment_root on early_comment (channel_id, root);
create index early_comment_received on early_comment (received_at);

-- ── Facts that statistics count (R40): written by commitTurn from the turn's events ──────────────────────────────
create table round (
  session_id text not null references session on delete cascade,
  no int not null,
  channel_id text not null references channel,
  kind text not null,
  opened_at timestamptz not null,
  opened_by text not null,
  first_customer_at timestamptz,
  first_assigned_at timestamptz,
  first_assignee_id text references agent,
  first_answer_at timestamptz,
  first_answer_by text references agent,
  done_at timestamptz,
  done_cause text,
  done_by text references agent,
  -- In charge when it was done; while it is open: by now.
  assignee_id text references agent,
  primary key (session_id, no)
);
create index round_opened on round (channel_id, opened_at);
create index round_done on round (channel_id, done_at) where done_at is not null;
create table wait (
  session_id text not null references session on delete cascade,
  no int not null,
  round int not null,
  channel_id text not null references channel,
  kind text not null,
  started_at timestamptz not null,
  -- The response deadline as it stood last; null = none ran.
  due_at timestamptz,
  ended_at timestamptz,
  ended_by text,
  outcome text check (outcome in ('met', 'missed', 'none')),
  -- In charge at the end; while it runs: by now.
  assignee_id text references agent,
  answered_by text references agent,
  primary key (session_id, no)
);
create index wait_started on wait (channel_id, started_at);

-- ── Blocked customers ────────────────────────────────────────────────────────────────────────────────────────────
-- Who wrote it was blocked when it came: the thread shows it, and nothing else knows of it. It has no place of its own
-- in the journal.
alter table message add column from_blocked boolean not null default false;

-- Up to where an answer reads the session, which is its own place. What was written in the platform's own tools is heard
-- of later: it does not read what the customer had written by then, but after it. A reply that is sent again keeps its
-- place, and commitTurn raises answer_seq by what it answers.
create function answered_up_to(answer message) returns bigint language sql stable
return case answer.author when 'elsewhere' then coalesce((
  select min(later.seq) - 1 from message later
  where later.session_id = answer.session_id and later.direction = 'in' and not later.from_blocked and later.seq < answer.seq
    and later.seq > coalesce((
      select m.seq from message m
      where m.session_id = answer.session_id and m.direction = 'in' and m.seq < answer.seq
        and m.received_at <= answer.occurred_at
      order by m.seq desc limit 1), 0)), answer.seq)
  else answer.seq end;

create or replace function note_new_messages() returns trigger language plpgsql as $$
begin
  update session s set customer_seq = greatest(s.customer_seq, newest.customer),
    answer_seq = greatest(s.answer_seq, newest.answer)
  from (
    select session_id,
      max(seq) filter (where direction = 'in' and removed_at is null and not from_blocked) as customer,
      max(answered_up_to(arrived)) filter (where direction = 'out' and author in ('agent', 'elsewhere')
        and state in ('sent', 'delivered', 'seen')) as answer
    from arrived group by session_id
  ) newest
  where s.id = newest.session_id and (newest.customer > s.customer_seq or newest.answer > s.answer_seq);
  return null;
end $$;

create or replace function note_removed_message() returns trigger language plpgsql as $$
begin
  update session s set customer_seq = coalesce((
    select m.seq from message m
    where m.session_id = new.session_id and m.direction = 'in' and m.removed_at is null and not m.from_blocked
    order by m.seq desc limit 1), 0)
  where s.id = new.session_id and s.customer_seq = new.seq;
  return null;
end $$;
`;
