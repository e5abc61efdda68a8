-- An event is looked up by its id only where a message was looked for in vain, to tell why.
create index events_by_id on events (tenant_id, id);
