-- Where each desk gets mail: addresses in small letters, their domains in ASCII; each is of one desk of its tenant.
alter table desks add column addresses text[] not null default '{}';
