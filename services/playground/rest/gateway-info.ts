import { identifyBudget } from '../gateway/identify.ts';
import { ok, type Route } from './route.ts';

export const gatewayRoutes: Route[] = [
  { method: 'GET', path: '/gateway', authorised: false, handle: ({ context }) => ok({ url: context.gateway.url() }) },
  {
    method: 'GET',
    path: '/gateway/bot',
    handle({ context, bot }) {
      const budget = identifyBudget(bot, context.world.clock.now());
      return ok({
        url: context.gateway.url(),
        shards: context.gateway.options.shards,
        session_start_limit: {
          total: budget.total,
          remaining: budget.remaining,
          reset_after: budget.resetAfter,
          max_concurrency: context.gateway.options.maxConcurrency,
        },
      });
    },
  },
];
