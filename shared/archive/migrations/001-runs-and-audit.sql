-- Times are milliseconds since the epoch, as in Redis. Texts of Redis stand as JSON where they may hold what PostgreSQL takes
-- in no text (a NUL); the columns beside them are for searching.

CREATE TABLE archive.runs (
  run text PRIMARY KEY,
  accepted_at bigint NOT NULL,
  ended_at bigint NOT NULL,
  outcome text NOT NULL,
  reason text NOT NULL,
  -- Whether it failed and was neither replayed nor discarded.
  failed boolean NOT NULL,
  -- `kind:id` and `kind:name`.
  caller_id text NOT NULL,
  caller_name text NOT NULL,
  conversation text NOT NULL,
  question text NOT NULL,
  answer text NOT NULL,
  -- All fields of the record, as JSON.
  record text NOT NULL,
  archived_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX runs_accepted ON archive.runs (accepted_at);
CREATE INDEX runs_ended ON archive.runs (ended_at);
CREATE INDEX runs_caller_id ON archive.runs (caller_id, accepted_at);
CREATE INDEX runs_caller_name ON archive.runs (caller_name, accepted_at);
CREATE INDEX runs_conversation ON archive.runs (conversation, accepted_at);
CREATE INDEX runs_failed ON archive.runs (reason, ended_at) WHERE failed;
CREATE INDEX runs_words ON archive.runs USING gin (to_tsvector('simple', left(question || ' ' || answer, 100000)));

CREATE TABLE archive.entries (
  run text NOT NULL REFERENCES archive.runs ON DELETE CASCADE,
  -- The two parts of the entry's id.
  ms bigint NOT NULL,
  seq bigint NOT NULL,
  entry text NOT NULL,
  PRIMARY KEY (run, ms, seq)
);

-- Results that are too long for the journal, by their call's place, as JSON.
CREATE TABLE archive.results (
  run text NOT NULL REFERENCES archive.runs ON DELETE CASCADE,
  field text NOT NULL,
  content text NOT NULL,
  PRIMARY KEY (run, field)
);

-- Runs that somebody had forgotten: they do not come back with a copy that was under way.
CREATE TABLE archive.discarded (
  run text PRIMARY KEY,
  discarded_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE archive.audit (
  ms bigint NOT NULL,
  seq bigint NOT NULL,
  run text NOT NULL,
  kind text NOT NULL,
  tool text,
  -- `kind:id` and `kind:name` of whose run it is, and `by:` of who decided.
  persons text[] NOT NULL,
  -- As JSON.
  who text NOT NULL,
  data text NOT NULL,
  hash text NOT NULL,
  PRIMARY KEY (ms, seq)
);
CREATE INDEX audit_run ON archive.audit (run, ms);
CREATE INDEX audit_tool ON archive.audit (tool, ms);
CREATE INDEX audit_kind ON archive.audit (kind, ms);
CREATE INDEX audit_persons ON archive.audit USING gin (persons);

-- Where the archive's audit log begins, vouched for with the signing key as in Redis.
CREATE TABLE archive.marks (
  name text PRIMARY KEY,
  value text NOT NULL
);
