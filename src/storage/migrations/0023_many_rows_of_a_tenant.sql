-- The very first Polydesk made its tables before migration 0001 said this (why is told there). A store of its days gets it
-- now; everywhere else it changes nothing.
alter table users alter column tenant_id set (n_distinct = -0.01);
alter table memberships alter column tenant_id set (n_distinct = -0.01);
alter table external_identities alter column tenant_id set (n_distinct = -0.01);
alter table credentials alter column tenant_id set (n_distinct = -0.01);
alter table tickets alter column tenant_id set (n_distinct = -0.01);
alter table former_numbers alter column tenant_id set (n_distinct = -0.01);
alter table messages alter column tenant_id set (n_distinct = -0.01);
alter table events alter column tenant_id set (n_distinct = -0.01);
alter table claims alter column tenant_id set (n_distinct = -0.01);
alter table claim_results alter column tenant_id set (n_distinct = -0.01);
