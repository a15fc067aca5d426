import type { Usage } from '../../../../wire/anthropic/response.ts'
import { judged, type MatrixRow, planned } from '../row.ts'
import { cachedPrompt } from '../row-requests.ts'

const written = ({ usage }: { readonly usage: Usage }): string | undefined =>
  usage.cache_creation_input_tokens + usage.cache_read_input_tokens > 0
    ? undefined
    : 'accepted, but nothing was written to the cache'

const read = ({ usage }: { readonly usage: Usage }): string | undefined =>
  usage.cache_read_input_tokens > 0 ? undefined : 'the second request read nothing from the cache'

/** Some upstreams do not divide what they have written by its lifetime. */
const writtenForAnHour = ({ usage }: { readonly usage: Usage }): string | undefined =>
  usage.cache_creation.ephemeral_1h_input_tokens > 0 ? undefined : 'accepted, but nothing was written for an hour'

export const cacheRows: readonly MatrixRow[] = [
  {
    id: 'prompt_caching_5m',
    name: 'Prompt caching (5 minutes)',
    group: 'published',
    what: 'the second request reads the prompt of the first one from the cache',
    missing: ({ cachePoints }) => (cachePoints ? undefined : 'the model has no prompt cache'),
    requests: ({ modelId }) => planned(cachedPrompt(modelId, '', '5m'), cachedPrompt(modelId, '', '5m')),
    async play({ modelId, salt, open }) {
      const probe = open()
      const request = cachedPrompt(modelId, salt, '5m')
      const first = judged(probe, await probe.message(request), written)
      // Without its cache point, the second request would say nothing more.
      if (first.status !== 'pass') return first
      return judged(probe, await probe.message(request), read)
    },
  },
  {
    id: 'prompt_caching_1h',
    name: 'Prompt caching (1 hour)',
    group: 'published',
    what: 'a prompt is written to the cache for an hour',
    missing: ({ cacheTtl }) => (cacheTtl ? undefined : 'the model caches only for 5 minutes'),
    requests: ({ modelId }) => planned(cachedPrompt(modelId, '', '1h')),
    async play({ modelId, salt, open }) {
      const probe = open()
      const outcome = await probe.message(cachedPrompt(modelId, `${salt} for an hour`, '1h'))
      return judged(probe, outcome, (answer) => (probe.leftOut().length > 0 ? undefined : writtenForAnHour(answer)))
    },
  },
]
