/** The durable core. Column comments say who alone writes what: a second writer would be a race. */
export const sql = /* sql */ `
create table workspace (
  id int primary key default 1 check (id = 1),
  name text not null,
  time_zone text not null default 'Asia/Ho_Chi_Minh',
  -- The clocks of R43–R45 with their texts, see contracts/settings.ts. The version rises with every change.
  clocks jsonb not null,
  settings_version int not null default 1,
  -- A value encrypted with the secret key: tells a lost or exchanged key from the first start.
  secret_check bytea
);

create table agent (
  id text primary key,
  name text not null,
  email text not null,
  role text not null check (role in ('owner', 'admin', 'staff')),
  password_hash text not null,
  disabled_at timestamptz,
  created_at timestamptz not null default now()
);
create unique index agent_email on agent (lower(email));

-- A signed-in browser. Only the token's hash is kept.
create table login (
  token_hash bytea primary key,
  agent_id text not null references agent on delete cascade,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index login_agent on login (agent_id);

create table api_token (
  id text primary key,
  agent_id text not null references agent on delete cascade,
  name text not null,
  token_hash bytea not null unique,
  created_at timestamptz not null default now(),
  revoked_at timestamptz
);

create table channel (
  id text primary key,
  platform text not null check (platform in ('facebook', 'instagram')),
  asset_id text not null,
  name text not null,
  token_cipher bytea not null,
  distribution boolean not null default true,
  view_each_other boolean not null default false,
  interact_each_other boolean not null default false,
  created_at timestamptz not null default now(),
  unique (platform, asset_id)
);

-- The team: who is listed in the channel's Support section, in order, with the two switches (R3).
create table channel_agent (
  channel_id text not null references channel on delete cascade,
  agent_id text not null references agent on delete cascade,
  position int not null,
  receives_messages boolean not null default true,
  receives_comments boolean not null default true,
  primary key (channel_id, agent_id)
);
create index channel_agent_agent on channel_agent (agent_id);

create table customer (
  id text primary key,
  channel_id text not null references channel,
  name text,
  picture_url text,
  -- When its platform is asked for the name; null once it has answered.
  profile_due_at timestamptz default clock_timestamp(),
  created_at timestamptz not null default now()
);
create table customer_identity (
  channel_id text not null references channel,
  external_id text not null,
  customer_id text not null references customer on delete cascade,
  primary key (channel_id, external_id)
);
create index customer_identity_customer on customer_identity (customer_id);
create index customer_profile_wanted on customer (profile_due_at) where profile_due_at is not null;

-- Meta's deliveries, byte for byte, before anything else happens to them.
create table webhook_delivery (
  id bigint generated always as identity,
  received_at timestamptz not null default clock_timestamp(),
  body bytea,
  state text not null default 'new' check (state in ('new', 'done', 'parked')),
  error text,
  processed_at timestamptz,
  primary key (id, received_at)
) partition by range (received_at);
create index webhook_delivery_new on webhook_delivery (id) where state = 'new';
create index webhook_delivery_parked on webhook_delivery (id) where state = 'parked';

create table delivery_item (
  delivery_id bigint not null,
  index int not null,
  state text not null check (state in ('done', 'ignored', 'parked')),
  -- The kind of fact, or the name of what was ignored.
  name text,
  error text,
  customer_id text,
  primary key (delivery_id, index)
);
create index delivery_item_customer on delivery_item (customer_id) where customer_id is not null;
create index delivery_item_parked on delivery_item (delivery_id) where state = 'parked';

-- One intake works at a time; its transactions check the token, so that a paused one cannot go on beside its successor.
create table intake_lease (
  id int primary key default 1 check (id = 1),
  token text,
  expires_at timestamptz not null default '-infinity'
);
insert into intake_lease default values;

create table session (
  id text primary key,
  channel_id text not null references channel,
  kind text not null check (kind in ('message', 'comment')),
  post_id text not null default '',
  customer_id text not null references customer,
  created_at timestamptz not null default now(),

  -- Written with the journal, under the queue row's lock.
  start_seq bigint not null default 0,
  last_message_at timestamptz not null default now(),
  last_customer_at timestamptz,
  window_from timestamptz,
  preview text,
  preview_by text not null default 'customer' check (preview_by in ('customer', 'page')),

  -- Meta's watermarks: what the customer has been delivered and has seen.
  delivered_up_to timestamptz,
  seen_up_to timestamptz,

  -- Written by commitTurn alone. A session is born done, never opened: start_seq > applied_seq says that it is about to be.
  status text not null default 'done' check (status in ('open', 'closing', 'done')),
  assignee_id text references agent,
  round int not null default 0,
  in_line_since timestamptz,
  waiting_since timestamptz,
  warned_at timestamptz,
  overdue_at timestamptz,
  due_at timestamptz,
  closed_at timestamptz,
  closed_by text references agent,
  state jsonb,
  run int not null default 0,
  version int not null default 0,
  commit_key text,
  commit_result jsonb,
  applied_seq bigint not null default 0,
  next_due_at timestamptz,
  unique (channel_id, kind, post_id, customer_id)
) with (fillfactor = 80);
create index session_main on session (channel_id, last_message_at desc, id desc) where status <> 'done';
create index session_done on session (channel_id, last_message_at desc, id desc) where status = 'done';
create index session_assignee on session (assignee_id, last_message_at desc, id desc) where status <> 'done';
create index session_unassigned on session (channel_id, waiting_since) where status <> 'done' and assignee_id is null;
create index session_overdue on session (channel_id, overdue_at) where status <> 'done' and overdue_at is not null;
create index session_line on session (channel_id, kind, in_line_since) where in_line_since is not null;
create index session_next_due on session (next_due_at) where next_due_at is not null;
create index session_unopened on session (id) where status = 'done' and start_seq > applied_seq;
create index session_customer on session (customer_id);

create table session_queue (
  session_id text primary key references session on delete cascade,
  last_seq bigint not null default 0,
  delivered_seq bigint not null default 0,
  ready_since timestamptz,
  not_before timestamptz not null default '-infinity',
  attempts int not null default 0,
  lease text,
  lease_until timestamptz
) with (fillfactor = 70);
create index session_queue_ready on session_queue (ready_since) where last_seq > delivered_seq;

-- All that a session's workflow must know, in the order in which it was committed.
create table session_journal (
  session_id text not null,
  seq bigint not null,
  kind text not null,
  at timestamptz not null default clock_timestamp(),
  -- Ids and times only: this goes into Temporal's history.
  fact jsonb not null,
  primary key (session_id, seq, at)
) partition by range (at);

create table message (
  id text primary key,
  session_id text not null references session on delete cascade,
  channel_id text not null references channel,
  seq bigint not null,
  direction text not null check (direction in ('in', 'out')),
  author text not null check (author in ('customer', 'agent', 'system', 'elsewhere', 'other_app')),
  agent_id text references agent,
  mid text,
  text text,
  attachments jsonb not null default '[]',
  occurred_at timestamptz not null,
  received_at timestamptz not null,
  -- Of messages that went out: what is known of their fate. Incoming ones are 'received'.
  state text not null check (state in
    ('received', 'queued', 'sending', 'sent', 'delivered', 'seen', 'failed', 'unconfirmed', 'cancelled')),
  failure text,
  edit_no int not null default 0,
  removed_at timestamptz
);
create unique index message_mid on message (channel_id, mid) where mid is not null;
create unique index message_session on message (session_id, seq, id);
create index message_undelivered on message (session_id, occurred_at) where state in ('sent', 'delivered');

-- One call to the platform. A claimed attempt is never repeated by us.
create table send_attempt (
  message_id text not null references message on delete cascade,
  attempt int not null,
  recorded_at timestamptz not null default clock_timestamp(),
  claimed_at timestamptz,
  outcome text,
  detail text,
  ended_at timestamptz,
  primary key (message_id, attempt)
);

-- An edit or unsend that came before the message that it is about.
create table tombstone (
  channel_id text not null references channel,
  mid text not null,
  removed boolean not null default false,
  text text,
  edit_no int not null default 0,
  at timestamptz not null default now(),
  primary key (channel_id, mid)
);

-- What agents asked for, and what became of it: the answer to a repeated request.
create table command (
  id text primary key,
  agent_id text not null references agent,
  idempotency_key text not null,
  body_hash bytea not null,
  session_id text not null references session on delete cascade,
  seq bigint not null,
  type text not null,
  message_id text,
  state text not null default 'pending' check (state in ('pending', 'done', 'refused')),
  code text,
  detail jsonb,
  created_at timestamptz not null default now(),
  unique (agent_id, idempotency_key)
);
create index command_session on command (session_id);

create table session_event (
  session_id text not null references session on delete cascade,
  version int not null,
  n int not null,
  type text not null,
  at timestamptz not null,
  event jsonb not null,
  primary key (session_id, version, n)
);

create table assignment (
  session_id text not null references session on delete cascade,
  no int not null,
  at timestamptz not null,
  how text not null check (how in ('automatic', 'manual', 'timeout')),
  agent_id text references agent,
  from_id text references agent,
  by_id text references agent,
  trace jsonb not null,
  primary key (session_id, no)
);
create index assignment_agent on assignment (agent_id, at);

create table rotation (
  channel_id text not null references channel on delete cascade,
  kind text not null,
  -- '' = the whole pool; a keyword rule's target has one of its own.
  target text not null default '',
  cursor text,
  primary key (channel_id, kind, target)
);

create table notification (
  id text primary key,
  agent_id text not null references agent on delete cascade,
  session_id text not null references session on delete cascade,
  type text not null,
  popup boolean not null,
  created_at timestamptz not null default now(),
  read_at timestamptz
);
create index notification_unread on notification (agent_id, created_at desc) where read_at is null;

-- The change feed: read by (xid, id) below the oldest running transaction, so that nothing committed late is missed.
create table change (
  id bigint generated always as identity primary key,
  xid xid8 not null default pg_current_xact_id(),
  at timestamptz not null default now(),
  topic text not null check (topic in ('session', 'message', 'command', 'notification')),
  session_id text not null,
  -- The message, command or notification that it is about.
  subject_id text,
  -- Who alone is concerned; null = everyone who may see the session.
  agent_id text,
  -- The audience before and after: {channel, assignee, supporters}.
  before jsonb not null,
  after jsonb not null
);
create index change_feed on change (xid, id);
create index change_at on change (at);

-- A change of the settings on its way to the open sessions, in chunks; survives a restart.
create table settings_fanout (
  version int primary key,
  after_session_id text not null default '',
  done_at timestamptz
);
`;
