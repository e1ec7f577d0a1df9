-- Reads the settings of a place, of all its scopes at one moment, and the persona that they name.
-- keys: server channel thread person once personas
-- uses: settings
return settingsOf({server, channel, thread, person, once}, personas)
