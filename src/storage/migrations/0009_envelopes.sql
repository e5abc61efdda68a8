-- What a message has beside its words: whom it goes to, which message it answers, and what it is called where it came
-- from. Most messages have none of it.

alter table messages add column to_addresses text[];
alter table messages add column cc_addresses text[];
alter table messages add column bcc_addresses text[];
-- What these are found by, however they are written; of a person who was erased, the person's id.
alter table messages add column address_keys text[];
-- A message of the same ticket; whoever deletes that one empties this.
alter table messages add column in_reply_to uuid;
alter table messages add column external_reference text;
alter table messages add foreign key (tenant_id, in_reply_to) references messages;

-- What a deletion has to find.
create index messages_answering on messages (tenant_id, in_reply_to) where in_reply_to is not null;
-- What an erasure has to find.
create index messages_addressed on messages using gin (address_keys) where address_keys is not null;
