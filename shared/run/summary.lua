-- Puts a new summary into a talk's list, in the place of the one that it was made from. Returns 0 and changes nothing
-- when another summary stands there by now, when a message that it was made from was taken out meanwhile, or when the
-- talk was forgotten. `runs` are the runs of those messages, oldest first; the oldest may have left the list by age.
-- keys: history
-- args: line before runs keep
local lines = redis.call('LRANGE', history, 0, -1)
local newest, there = '', {}
for _, line in ipairs(lines) do
  if string.find(line, '"role":"summary"', 1, true) == 2 then newest = line end
  local run = string.match(line, '"run":"([^"]*)"')
  if run then there[run] = true end
end
local before = args.before and ARGV[args.before] or ''
if newest ~= before or #lines == 0 then return 0 end
local begun = false
for _, run in ipairs(args.runs) do
  if there[run] then begun = true elseif begun then return 0 end
end
if #args.runs > 0 and not begun then return 0 end
if before ~= '' then redis.call('LREM', history, 0, before) end
redis.call('RPUSH', history, ARGV[args.line])
redis.call('LTRIM', history, -args.keep, -1)
return 1
