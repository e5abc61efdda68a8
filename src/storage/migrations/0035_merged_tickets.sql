-- A ticket that was merged into another keeps its row, which leads to the other one and is in no list or count. Its messages
-- are on the other, and know which ticket they came from: reading a conversation stays one range of one index.
alter table tickets add column merged_into uuid;
create index tickets_merged on tickets (tenant_id, merged_into) where merged_into is not null;
-- The ticket that a message was written on, where that was merged since.
alter table messages add column came_from uuid;
create index messages_of_merged on messages (tenant_id, came_from) where came_from is not null;
