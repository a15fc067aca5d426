import type { Setting } from './setting.ts'

const mostResults = 20
const longestSeconds = 120
const mostUses = 100

/** Web search by this server, for upstreams that have none (WS). */
export const searchSettings = [
  {
    key: 'search.provider',
    flag: 'search',
    environment: ['NEXUS_SEARCH'],
    type: {
      kind: 'choice',
      options: ['off', 'command', 'searxng', 'brave', 'tavily', 'serper', 'google', 'exa'],
    },
    default: 'off',
    description: 'Search the web for the model with this provider',
    details:
      'The queries go to the provider. Has no effect under the upstream `anthropic`, which searches by itself. See [web search](web-search.md).',
    hint: 'provider',
  },
  {
    key: 'search.url',
    environment: ['NEXUS_SEARCH_URL'],
    type: { kind: 'url' },
    description: "URL of the search server: needed for searxng, and in place of another provider's own address",
    details: 'Must begin with https, except on this machine.',
    hint: 'url',
  },
  {
    key: 'search.apiKey',
    environment: ['NEXUS_SEARCH_API_KEY', 'NEXUS_SEARCH_API_KEY_FILE'],
    type: { kind: 'secret' },
    description: 'Key for the search provider',
    details:
      '`NEXUS_SEARCH_API_KEY_FILE` is the path of a file that contains only the key. `config set search.apiKey` stores it in the keychain.',
    hint: 'key',
  },
  {
    key: 'search.engineId',
    environment: ['NEXUS_SEARCH_ENGINE_ID'],
    type: { kind: 'text' },
    description: 'Id of the search engine (cx), for google',
    hint: 'id',
  },
  {
    key: 'search.command',
    environment: ['NEXUS_SEARCH_COMMAND'],
    type: { kind: 'command' },
    description: 'Program that searches, for the provider command: reads one JSON object, writes one',
    hint: 'program',
  },
  {
    key: 'search.env',
    environment: ['NEXUS_SEARCH_ENV'],
    type: { kind: 'list' },
    description: 'Pass these variables to the program that searches',
    details: 'It always gets `PATH`, `HOME` and the variables of the proxy.',
    hint: 'name,name',
  },
  {
    key: 'search.results',
    environment: ['NEXUS_SEARCH_RESULTS'],
    type: { kind: 'number', minimum: 1, maximum: mostResults, integer: true },
    default: 8,
    description: 'Give the model at most this many results of a search',
    hint: 'count',
  },
  {
    key: 'search.timeout',
    environment: ['NEXUS_SEARCH_TIMEOUT'],
    type: { kind: 'number', minimum: 1, maximum: longestSeconds, integer: false },
    default: 10,
    description: 'Wait at most this many seconds for the results of a search',
    hint: 'seconds',
  },
  {
    key: 'search.maxUses',
    environment: ['NEXUS_SEARCH_MAX_USES'],
    type: { kind: 'number', minimum: 1, maximum: mostUses, integer: true },
    default: 8,
    description: 'Search at most this often for one request',
    details: 'A smaller `max_uses` of the request counts.',
    hint: 'count',
  },
  {
    key: 'search.allowedDomains',
    environment: ['NEXUS_SEARCH_ALLOWED_DOMAINS'],
    type: { kind: 'list' },
    description: 'Show only results of these domains and their subdomains',
    details:
      'A domain may have the beginning of a path, in which `*` is any text: `example.com/docs`, `example.com/*/news`.',
    hint: 'domain,domain',
  },
  {
    key: 'search.blockedDomains',
    environment: ['NEXUS_SEARCH_BLOCKED_DOMAINS'],
    type: { kind: 'list' },
    description: 'Show no results of these domains and their subdomains',
    details: 'Wins over the domains that are allowed.',
    hint: 'domain,domain',
  },
  {
    key: 'search.skipWebFetchPreflight',
    environment: ['NEXUS_SKIP_WEB_FETCH_PREFLIGHT'],
    type: { kind: 'switch' },
    default: true,
    description:
      "Turn off WebFetch's question to api.anthropic.com about each domain, when this program runs Claude Code",
  },
] as const satisfies readonly Setting[]
