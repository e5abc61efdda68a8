-- By which rules the plain text and the safe HTML of a message were made, so that what older rules made is made again.
-- Null: of text, and of HTML from before there were numbers, which counts as 1. 0: in haste.
alter table messages add column rendering integer;
-- Whether the sender wrote the plain text of HTML.
alter table messages add column plain_given boolean not null default false;

-- What a newer version has to make again.
create index messages_to_render on messages (tenant_id, coalesce(rendering, 1), id) where format = 'html' or rendering = 0;
