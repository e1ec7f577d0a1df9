-- Redis' time in milliseconds since the epoch: the one clock of everything that is stored.
local function clock()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
