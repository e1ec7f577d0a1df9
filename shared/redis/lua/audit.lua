-- `audit(log, run, who, row)` appends `row` (`<kind> <JSON>`) to the stream `log` and chains it: `hash` is the SHA-1
-- (the hash that Redis can compute) of the row and of the hash before it. So no row can be changed, taken out or put in
-- between without making all later ones wrong. Ids are Redis' time, so that the hash also covers the time. It needs
-- `clock`.
local tip, hash
local function framed(text)
  return #text .. ':' .. text
end
local function audit(log, run, who, row)
  local kind, data = string.match(row, '^(%S+) (.*)$')
  if not tip then
    local last = redis.call('XREVRANGE', log, '+', '-', 'COUNT', 1)[1]
    tip, hash = last and last[1] or '0-0', last and last[2][10] or ''
  end
  local ms, seq = clock(), 0
  local lastMs, lastSeq = string.match(tip, '(%d+)-(%d+)')
  if ms <= tonumber(lastMs) then
    ms, seq = tonumber(lastMs), tonumber(lastSeq) + 1
  end
  tip = string.format('%.0f-%.0f', ms, seq)
  hash = redis.sha1hex(hash .. framed(tip) .. framed(run) .. framed(who) .. framed(kind) .. framed(data))
  redis.call('XADD', log, tip, 'run', run, 'who', who, 'kind', kind, 'data', data, 'hash', hash)
end
