import { describe, expect, test } from 'bun:test'
import { loadConfig } from '../../src/config/load.ts'
import { checkSearch, searchWarnings, usedSearchUrl } from '../../src/config/search.ts'
import { checkServerSettings } from '../../src/config/server-settings.ts'

const key = { NEXUS_SEARCH_API_KEY: 'k' }
const configOf = (environment: Record<string, string>) => loadConfig({ flags: {}, environment, files: [] }).config

describe('the configuration of web search', () => {
  test.each<[Record<string, string>, string]>([
    [
      { NEXUS_SEARCH: 'command' },
      'search.command is not set: the search provider command needs it. Run nexus-claude-api config set search.command VALUE, or set NEXUS_SEARCH_COMMAND.',
    ],
    [
      { NEXUS_SEARCH: 'searxng' },
      'search.url is not set: the search provider searxng needs it. Run nexus-claude-api config set search.url VALUE, or set NEXUS_SEARCH_URL.',
    ],
    ...['brave', 'tavily', 'serper', 'google', 'exa'].map((name): [Record<string, string>, string] => [
      { NEXUS_SEARCH: name },
      `search.apiKey is not set: the search provider ${name} needs it. Run nexus-claude-api config set search.apiKey, or set NEXUS_SEARCH_API_KEY.`,
    ]),
    [
      { NEXUS_SEARCH: 'google', ...key },
      'search.engineId is not set: the search provider google needs it. Run nexus-claude-api config set search.engineId VALUE, or set NEXUS_SEARCH_ENGINE_ID.',
    ],
    [
      { NEXUS_SEARCH: 'searxng', NEXUS_SEARCH_URL: 'http://search.example/a' },
      'search.url begins with http, so queries and the key would go to search.example unencrypted. Use https.',
    ],
    [
      { NEXUS_SEARCH: 'brave', ...key, NEXUS_SEARCH_ALLOWED_DOMAINS: 'a.example, https://b.example' },
      'search.allowedDomains: "https://b.example" is not a domain. Write example.com or example.com/docs, without https://.',
    ],
    [
      { NEXUS_SEARCH: 'brave', ...key, NEXUS_SEARCH_BLOCKED_DOMAINS: '*.b.example' },
      'search.blockedDomains: "*.b.example" is not a domain. Write example.com or example.com/docs, without https://.',
    ],
    ...['LANG=de', 'MY WIKI'].map((names): [Record<string, string>, string] => [
      { NEXUS_SEARCH: 'command', NEXUS_SEARCH_COMMAND: 'search', NEXUS_SEARCH_ENV: names },
      'search.env must be names of variables without their values, such as WIKI_URL.',
    ]),
    [
      { NEXUS_SEARCH: 'command', NEXUS_SEARCH_COMMAND: 'search', NEXUS_SEARCH_ENV: 'LANG,aws_profile' },
      'search.env: aws_profile is never passed to a program that searches: variables of NEXUS_, AWS_ and ANTHROPIC_ may have keys. Remove it.',
    ],
  ])('%j is refused, and the message names the setting (WS-41, WS-43)', (environment, message) => {
    expect(() => checkServerSettings(configOf(environment))).toThrow(message)
  })

  test('an unknown provider is refused (WS-41)', () => {
    expect(() => configOf({ NEXUS_SEARCH: 'bing' })).toThrow(/^NEXUS_SEARCH must be one of off, command, searxng, /)
  })

  test('may be incomplete while search is off, and have http on this machine (WS-1, WS-41)', () => {
    checkSearch(configOf({ NEXUS_SEARCH_URL: 'http://search.example', NEXUS_SEARCH_ALLOWED_DOMAINS: '*' }))
    checkSearch(configOf({ NEXUS_SEARCH: 'searxng', NEXUS_SEARCH_URL: 'http://127.0.0.1:8080' }))
    checkSearch(configOf({ NEXUS_SEARCH: 'google', ...key, NEXUS_SEARCH_ENGINE_ID: 'e' }))
    checkSearch(configOf({ NEXUS_SEARCH: 'command', NEXUS_SEARCH_COMMAND: 'search --json' }))
  })

  test('needs nothing under the upstream anthropic, and a warning says that it has no effect (WS-8)', () => {
    const config = configOf({ NEXUS_SEARCH: 'brave', NEXUS_UPSTREAM: 'anthropic' })
    expect(() => checkSearch(config)).not.toThrow()
    expect(searchWarnings(config)).toEqual([
      'search.provider: brave has no effect with --upstream anthropic, which searches by itself.',
    ])
    expect(searchWarnings(configOf({ NEXUS_SEARCH: 'brave', ...key }))).toEqual([])
    expect(searchWarnings(configOf({ NEXUS_UPSTREAM: 'anthropic' }))).toEqual([])
  })

  test.each([
    [{ NEXUS_SEARCH: 'brave' }, 'https://api.search.brave.com'],
    [{ NEXUS_SEARCH: 'tavily' }, 'https://api.tavily.com'],
    [{ NEXUS_SEARCH: 'serper' }, 'https://google.serper.dev'],
    [{ NEXUS_SEARCH: 'google' }, 'https://customsearch.googleapis.com'],
    [{ NEXUS_SEARCH: 'exa' }, 'https://api.exa.ai'],
    [{ NEXUS_SEARCH: 'exa', NEXUS_SEARCH_URL: 'https://proxy.example:8443/exa' }, 'https://proxy.example:8443/exa'],
    [{ NEXUS_SEARCH: 'searxng', NEXUS_SEARCH_URL: 'https://search.example' }, 'https://search.example'],
    [{ NEXUS_SEARCH: 'command', NEXUS_SEARCH_COMMAND: 'search' }, undefined],
    [{ NEXUS_SEARCH: 'exa', NEXUS_UPSTREAM: 'anthropic' }, undefined],
    [{}, undefined],
  ])('%j sends queries to %p (WS-54)', (environment, host) => {
    expect(usedSearchUrl(configOf(environment as Record<string, string>))).toBe(host)
  })
})
