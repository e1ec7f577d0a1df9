-- Takes free shards, or keeps those that the caller has. Returns how many are free, then the caller's; of a caller that
-- has lost one of its own, nothing but the number. Who has some says of how many, for those that come.
-- keys: shards agreed
-- args: holder held most count forMs
-- uses: clock
local now = clock()
local free, own = {}, {}
local lost = false
local keeps = {}
for _, id in ipairs(args.held) do keeps[tostring(id)] = true end
for id = 0, args.count - 1 do
  local text = redis.call('HGET', shards, id)
  local entry = text and cjson.decode(text)
  local ours = entry and entry.holder == args.holder
  if entry and not ours and entry.untilMs > now then
    lost = lost or keeps[tostring(id)]
  elseif keeps[tostring(id)] then
    own[#own + 1] = id
  else
    free[#free + 1] = id
  end
end
if lost then return { #free } end
local left = {}
for _, id in ipairs(free) do
  if #args.held == 0 and #own < args.most then own[#own + 1] = id else left[#left + 1] = id end
end
local reply = { #left }
for _, id in ipairs(own) do
  redis.call('HSET', shards, id, cjson.encode({ holder = args.holder, untilMs = now + args.forMs }))
  reply[#reply + 1] = id
end
if #own > 0 then redis.call('SET', agreed, args.count, 'PX', args.forMs) end
return reply
