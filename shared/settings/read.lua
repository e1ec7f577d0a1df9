-- Reads the settings of a place, of all its scopes at one moment, and the persona that they name. A key of a scope that
-- the place does not have is never there.
-- keys: server channel thread person once personas
local scopes = {}
local named = ''
for index, scope in ipairs({server, channel, thread, person, once}) do
  scopes[index] = redis.call('HGETALL', scope)
  local fields = scopes[index]
  for at = 1, #fields, 2 do
    if fields[at] == 'persona' then named = fields[at + 1] end
  end
end
local persona = named ~= '' and redis.call('HGET', personas, cjson.decode(named)) or ''
return {scopes, persona}
