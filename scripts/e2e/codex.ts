import assert from 'node:assert/strict'
import type { ClientRun } from './client.ts'
import type { Configuration } from './launcher.ts'

/** Codex: its file of configuration, its arguments and its output. */

export interface CodexSettings {
  readonly model?: string
  /** Codex reads the models from the server. Default: true. */
  readonly catalog?: boolean
  /** The longest silence of a stream. */
  readonly idleMs?: number
  /** Lines before the first table. */
  readonly lines?: readonly string[]
  /** Lines after the last table. */
  readonly tables?: readonly string[]
}

const defaultModel = 'claude-sonnet-4.6'

const ownTraffic = ['check_for_update_on_startup = false', 'web_search = "disabled"']
/** Codex loads its list of plugins from github.com and chatgpt.com. */
const ownTables = ['[analytics]', 'enabled = false', '[features]', 'plugins = false']

/** The file that the documentation recommends. */
export const codexConfiguration =
  ({
    model = defaultModel,
    catalog = true,
    idleMs = 600_000,
    lines = [],
    tables = [],
  }: CodexSettings = {}): Configuration =>
  (url) =>
    [
      `model = "${model}"`,
      'model_provider = "nexus"',
      'model_reasoning_summary = "auto"',
      ...ownTraffic,
      ...lines,
      ...ownTables,
      '[model_providers.nexus]',
      'name = "AI Nexus"',
      `base_url = "${url}/v1"`,
      'wire_api = "responses"',
      'env_key = "NEXUS_CLIENT_TOKEN"',
      ...(catalog ? [`model_catalog_url = "${url}/v1/models"`] : []),
      `stream_idle_timeout_ms = ${idleMs}`,
      ...tables,
    ].join('\n')

/** Codex's own provider with another URL. */
export const builtInConfiguration =
  (...lines: readonly string[]): Configuration =>
  (url) =>
    [`model = "${defaultModel}"`, `openai_base_url = "${url}/v1"`, ...ownTraffic, ...lines, ...ownTables].join('\n')

/** Arguments for one prompt without a terminal. */
export const codexPrompt = (words: string, ...more: readonly string[]): string[] => [
  'exec',
  '--skip-git-repo-check',
  '--json',
  '--dangerously-bypass-approvals-and-sandbox',
  ...more,
  '--',
  words,
]

interface CodexItem {
  readonly type: string
  readonly text?: string
  readonly message?: string
  readonly [member: string]: unknown
}

/** The items that Codex finished, in order. */
export const itemsOf = ({ events }: ClientRun): CodexItem[] =>
  events.flatMap(({ type, ...event }) => (type === 'item.completed' ? [event['item'] as CodexItem] : []))

export const itemsOfType = (run: ClientRun, wanted: string): CodexItem[] =>
  itemsOf(run).filter(({ type }) => type === wanted)

/** Throws unless the turn ended with a message that contains these words. */
export const codexSays = (run: ClientRun, words: string): void => {
  assert.match(String(itemsOfType(run, 'agent_message').at(-1)?.text), new RegExp(words))
  assert.equal(run.events.at(-1)?.type, 'turn.completed')
  assert.equal(run.exitCode, 0)
}

/** Throws unless the turn failed with an error that contains these words. */
export const codexFails = (run: ClientRun, words: RegExp): void => {
  const last = run.events.at(-1)
  assert.equal(last?.type, 'turn.failed')
  assert.match(JSON.stringify(last), words)
  assert.notEqual(run.exitCode, 0)
}

/** Codex's own file where our program configures everything else. */
export const quietCodex: Configuration = () => '[features]\nplugins = false\n'
