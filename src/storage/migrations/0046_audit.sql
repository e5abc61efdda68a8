-- Who changed what of the tenant itself is read from the end of its log: what happened to tickets is most of that, and is not in this.
create index events_of_no_ticket on events (tenant_id, position) where ticket_id is null;
