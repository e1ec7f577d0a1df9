-- Notes the state of one part of an answer, for the process that has the turn; with `announced`, what is about to be
-- done, otherwise what was done.
-- keys: delivery undelivered
-- args: id turn field value keepMs announced
-- uses: clock shown
if args.announced and not hasTurn() then return 'overtaken' end
return note()
