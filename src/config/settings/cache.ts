import type { Setting } from './setting.ts'

/** The prompt cache: its lifetime, and why it was missed (CA). */
export const cacheSettings = [
  {
    key: 'cache.ttl',
    flag: 'cache-ttl',
    environment: ['NEXUS_CACHE_TTL'],
    type: { kind: 'choice', options: ['client', '5m', '1h', 'mixed'] },
    default: 'client',
    description: 'Keep cached prompts this long',
    details:
      '`client`: as the client asks. `5m`: five minutes at most. `1h`: Claude Code asks for one hour. `mixed`: one hour for tools and the system prompt, five minutes for messages. See [the prompt cache](prompt-cache.md).',
  },
  {
    key: 'cacheAudit',
    environment: ['NEXUS_CACHE_AUDIT'],
    type: { kind: 'choice', options: ['on', 'off'] },
    default: 'off',
    description: 'Find out why a request did not read the prompt cache',
    details: 'Keeps only hashes, in memory. See [the prompt cache](prompt-cache.md).',
  },
] as const satisfies readonly Setting[]
