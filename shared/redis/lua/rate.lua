-- `exceeds(rate, most, withinMs)` counts one more under the key `rate`, whose count begins anew after `withinMs`. Returns
-- 0, or the milliseconds to wait when there are more than `most` by now.
local function exceeds(rate, most, withinMs)
  local count = redis.call('INCR', rate)
  if count == 1 then redis.call('PEXPIRE', rate, withinMs) end
  if count <= most then return 0 end
  return math.max(1, redis.call('PTTL', rate))
end
