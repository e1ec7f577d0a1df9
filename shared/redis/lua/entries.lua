-- `write(entry)` appends one entry to the journal, unless an entry of the same once-key is there. It needs the keys
-- record, journal, once, results and log, and the argument id. An entry has `text` (its JSON) and, where they apply,
-- `once` (its once-key), `audit` (its row of the audit log), `apart` (`field` and `text` of each part of a result that is
-- stored beside the journal), and `copied` (it tells of what another run did). Returns the entry's id
-- and whether it is new.

local function who()
  return redis.call('HGET', record, 'who') or ''
end

-- A call that this run means to make, or has made: its intent is stored and does not come from another run.
local function isOwn(place)
  return redis.call('HEXISTS', once, 'intent:' .. place) == 1 and redis.call('HEXISTS', once, 'copied:' .. place) == 0
end

local function write(entry)
  local intent = entry.once and string.match(entry.once, '^intent:(.+)$')
  local seen = entry.once and redis.call('HGET', once, entry.once)
  if seen then
    -- This run now makes a call that another run meant to make: from here on the call is its own.
    if intent and redis.call('HDEL', once, 'copied:' .. intent) == 1 then audit(log, args.id, who(), entry.audit) end
    return seen, false
  end
  local id = redis.call('XADD', journal, '*', 'e', ARGV[entry.text])
  if entry.once then redis.call('HSET', once, entry.once, id) end
  if intent and entry.copied then redis.call('HSET', once, 'copied:' .. intent, id) end
  for _, part in ipairs(entry.apart or {}) do redis.call('HSET', results, part.field, ARGV[part.text]) end
  if entry.audit and not entry.copied then
    local row = entry.audit
    local result = entry.once and string.match(entry.once, '^result:(.+)$')
    if result and not isOwn(result) then row = string.gsub(row, '^outcome ', 'unmade ', 1) end
    audit(log, args.id, who(), row)
  end
  return id, true
end
