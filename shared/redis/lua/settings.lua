-- `settingsOf(owners, personas)` returns what each owner has set (the keys of the scopes, those that win last), and the
-- text of the persona that they name. A key of a scope that the place does not have is never there.
local function settingsOf(owners, personas)
  local scopes = {}
  local named = ''
  for index, owner in ipairs(owners) do
    scopes[index] = redis.call('HGETALL', owner)
    local fields = scopes[index]
    for at = 1, #fields, 2 do
      if fields[at] == 'persona' then named = fields[at + 1] end
    end
  end
  local persona = named ~= '' and redis.call('HGET', personas, cjson.decode(named)) or ''
  return {scopes, persona}
end
