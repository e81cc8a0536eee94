-- received: whether any request was ever received here
-- returns  some boolean
select is_called as some from sync.request_seq;
