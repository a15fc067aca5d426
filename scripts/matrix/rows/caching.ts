import { anHourByClient, fiveMinutes } from '../../e2e/cases/cache-lifetime.ts'
import { matrixModels, type Row, withChecks } from '../row.ts'

/** The prompt cache. The server's audit must find no miss that the translation causes. */

export const fiveMinutesRow: Row = {
  id: 'prompt_caching_5m',
  name: 'Prompt caching, 5 minutes',
  group: 'published',
  what: "Continues a session in a new process: the second turn reads at least 90 % of the first turn's prefix.",
  cases: () =>
    matrixModels.map((model) =>
      withChecks(fiveMinutes(model), 'each request has one to four cache points', 'no cache point has a lifetime'),
    ),
}

export const anHourRow: Row = {
  id: 'prompt_caching_1h',
  name: 'Prompt caching, 1 hour',
  group: 'published',
  what: 'Does the same with `CLAUDE_CODE_PROMPT_CACHE_TTL=1h`, or `ENABLE_PROMPT_CACHING_1H=1` for older versions.',
  cases: ({ nexus }) =>
    matrixModels.map((model) =>
      nexus === 'poor'
        ? withChecks(anHourByClient(model, false), 'every cache point lost its lifetime')
        : withChecks(anHourByClient(model, true), 'every cache point has the lifetime `1h`'),
    ),
}
