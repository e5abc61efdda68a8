-- A tenant that was retired keeps everything, and nobody of it gets in.
alter table tenants add column retired_at timestamptz;
