-- Files that come with messages. Their bytes are on disk or in an S3-compatible store, under the tenant's and this id;
-- they are there before the row is. A row without a message is an upload that nobody used yet.
create table attachments (
  tenant_id    uuid not null references tenants on delete cascade,
  id           uuid not null,
  -- Who sent it, and alone may put it on a message.
  uploader_id  uuid not null,
  message_id   uuid,
  -- Its place among the files of the message.
  nth          integer,
  name         text not null,
  -- What the bytes are, whatever the sender said.
  media_type   text not null,
  size         bigint not null,
  sha256       text not null,
  -- Pixels, of images whose size could be told.
  width        integer,
  height       integer,
  created_at   timestamptz not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, uploader_id) references users,
  foreign key (tenant_id, message_id) references messages on delete cascade,
  check ((message_id is null) = (nth is null))
);
create index attachments_of_message on attachments (tenant_id, message_id, nth) where message_id is not null;
create index attachments_unused on attachments (tenant_id, created_at) where message_id is null;
create index attachments_of_uploader on attachments (tenant_id, uploader_id) where message_id is null;

alter table attachments alter column tenant_id set (n_distinct = -0.01);
