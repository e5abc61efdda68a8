-- When a credential was last used, as `token list` shows it; kept once an hour at the most.
alter table credentials add column last_used_at timestamptz;
