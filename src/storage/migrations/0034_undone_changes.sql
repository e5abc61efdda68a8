-- What a change takes back: the position of the first event of the change that it undoes.
alter table events add column undoes bigint;
