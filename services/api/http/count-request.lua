-- Counts a request that begins no run. Returns the milliseconds to wait when there are too many.
-- keys: rate
-- args: most withinMs
-- uses: rate
return exceeds(rate, args.most, args.withinMs)
